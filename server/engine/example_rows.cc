#include "server/engine/example_rows.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "ATen/ops/empty.h"
#include "absl/strings/str_cat.h"
#include "c10/core/InferenceMode.h"
#include "models/networks/score_network.h"
#include "models/status.h"
#include "server/engine/data_map.h"

namespace scoreserve {
namespace {

std::string RangeText(const DataSpace& data) {
  if (data.min.has_value() && data.max.has_value())
    return absl::StrCat("between ", *data.min, " and ", *data.max);
  if (data.min.has_value()) return absl::StrCat("at least ", *data.min);
  if (data.max.has_value()) return absl::StrCat("at most ", *data.max);
  return "finite";
}

}  // namespace

absl::Status CheckExamples(const ModelConfig& config,
                           const Examples& examples) {
  const DataSpace& data = config.data;
  constexpr double kMost = std::numeric_limits<float>::max();
  const double min = data.min.value_or(-kMost), max = data.max.value_or(kMost);
  // Not of a NaN either.
  const auto bad =
      std::find_if_not(examples.x.begin(), examples.x.end(),
                       [&](float x) { return x >= min && x <= max; });
  if (bad != examples.x.end()) {
    return InvalidField(
        absl::StrCat("x[", (bad - examples.x.begin()) / data.dim(), "]"),
        RangeText(data), absl::StrCat(*bad));
  }
  for (size_t row = 0; row < examples.classes.size(); ++row) {
    const int64_t of = examples.classes[row];
    if (of >= kNoCondition && of < config.classes) continue;
    return InvalidField(
        absl::StrCat("classes[", row, "]"),
        config.classes == 0
            ? "absent: the model takes no classes"
            : absl::StrCat("between -1 and ", config.classes - 1),
        absl::StrCat(of));
  }
  return absl::OkStatus();
}

ConditionedRows ToRows(const ModelConfig& config, absl::Span<const float> x,
                       absl::Span<const int64_t> classes) {
  const c10::InferenceMode ordinary(false);
  const int64_t dim = config.data.dim();
  const auto rows = static_cast<int64_t>(x.size()) / dim;
  ConditionedRows out = {.x = at::empty({rows, dim}, at::kFloat)};
  ToModelSpace(config.data, x, out.x.mutable_data_ptr<float>());
  if (!classes.empty()) {
    out.condition = at::empty({rows}, at::kLong);
    std::copy(classes.begin(), classes.end(),
              out.condition.mutable_data_ptr<int64_t>());
  }
  return out;
}

}  // namespace scoreserve
