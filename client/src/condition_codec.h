#ifndef SCORESERVE_CLIENT_SRC_CONDITION_CODEC_H_
#define SCORESERVE_CLIENT_SRC_CONDITION_CODEC_H_

#include <cstddef>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "client/src/status_codec.h"
#include "scoreserve/condition.h"

namespace scoreserve {
inline namespace client {

// INVALID_ARGUMENT naming `field` unless there are none, one, or one a row.
inline absl::Status CheckPerRow(absl::string_view field, size_t count,
                                int64_t rows) {
  if (count <= 1 || static_cast<int64_t>(count) == rows) {
    return absl::OkStatus();
  }
  return InvalidField(
      field, absl::StrCat("one value, or one for each of ", rows, " rows"),
      absl::StrCat(count, " values"));
}

// Sets the condition of a request of `rows` rows, where there is one.
template <typename Request>
absl::Status EncodeCondition(const Condition& condition, int64_t rows,
                             Request* request) {
  if (condition.classes.empty() && condition.guidance.empty()) {
    return absl::OkStatus();
  }
  absl::Status status =
      CheckPerRow("condition.classes", condition.classes.size(), rows);
  if (status.ok()) {
    status = CheckPerRow("condition.guidance", condition.guidance.size(), rows);
  }
  if (!status.ok()) return status;
  auto* wire = request->mutable_condition();
  wire->mutable_classes()->Add(condition.classes.begin(),
                               condition.classes.end());
  if (!condition.guidance.empty()) {
    wire->mutable_guidance()->mutable_values()->Add(condition.guidance.begin(),
                                                    condition.guidance.end());
  }
  return absl::OkStatus();
}

}  // namespace client
}  // namespace scoreserve

#endif  // SCORESERVE_CLIENT_SRC_CONDITION_CODEC_H_
