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
  return absl::StrCat(
      model.label == LabelType::kTime ? "time " : "noise level ",
      model.label_min, " to ", model.label_max);
}

}  // namespace scoreserve::ctl
