#include "server/service/example_codec.h"

#include <cstddef>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "models/status.h"
#include "server/service/tensor_codec.h"

namespace scoreserve {
namespace {

absl::Status DecodeClasses(const v1::StreamExamplesRequest& message,
                           const ModelConfig& config, int64_t rows,
                           Examples& examples) {
  const int count = message.classes_size();
  if (count == 0) return absl::OkStatus();
  if (config.classes == 0) {
    return InvalidField("classes", "absent: the model takes none",
                        absl::StrCat(count, " values"));
  }
  if (count != 1 && count != rows) {
    return InvalidField(
        "classes",
        absl::StrCat("one value, or one for each of ", rows, " rows"),
        absl::StrCat(count, " values"));
  }
  for (int i = 0; i < count; ++i) {
    const int64_t value = message.classes(i);
    if (value >= -1 && value < config.classes) continue;
    return InvalidField(
        absl::StrCat("classes[", i, "]"),
        absl::StrCat("between 0 and ", config.classes - 1, ", or -1 for none"),
        absl::StrCat(value));
  }
  if (count == rows) {
    examples.classes.assign(message.classes().begin(), message.classes().end());
  } else {
    examples.classes.assign(static_cast<size_t>(rows), message.classes(0));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Examples> DecodeExamples(
    const v1::StreamExamplesRequest& message, const ModelConfig& config) {
  Examples examples;
  if (!message.has_x()) return examples;
  if (message.first_offset() < 0) {
    return InvalidField("first_offset", "at least 0",
                        absl::StrCat(message.first_offset()));
  }
  examples.first_offset = message.first_offset();
  const absl::StatusOr<TensorRows> x =
      DecodeRows("x", message.x(), config.data);
  if (!x.ok()) return x.status();
  examples.x.assign(x->values.begin(), x->values.end());
  const absl::Status decoded =
      DecodeClasses(message, config, x->rows, examples);
  if (!decoded.ok()) return decoded;
  return examples;
}

}  // namespace scoreserve
