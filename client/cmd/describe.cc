#include "client/cmd/describe.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace scoreserve::ctl {

std::string VersionText(const ModelInfo& model) {
  return absl::StrCat(model.name, "@", model.version);
}

std::string ShapeText(const std::vector<int64_t>& shape) {
  return absl::StrJoin(shape, "x");
}

std::string LabelText(const ModelInfo& model) {
  if (model.label == LabelType::kNone) return "none";
  const std::string range =
      absl::StrCat(model.label_min, " to ", model.label_max);
  return model.label == LabelType::kTime
             ? absl::StrCat("time ", range, " of ", model.process)
             : absl::StrCat("noise level ", range);
}

std::string AliasesText(const ModelInfo& model) {
  return absl::StrJoin(model.all_aliases, ", ", absl::PairFormatter(" "));
}

}  // namespace scoreserve::ctl
