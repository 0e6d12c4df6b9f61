#include "models/cmd/curve.h"

#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace scoreserve {

std::map<std::string, std::string> CurveFiles(
    const std::vector<CurvePoint>& curve) {
  std::string csv = "step,loss,hold_out_loss\n";
  for (const CurvePoint& point : curve) {
    absl::StrAppendFormat(&csv, "%d,%.6g,", point.step, point.loss);
    if (!std::isnan(point.hold_out))
      absl::StrAppendFormat(&csv, "%.6g", point.hold_out);
    absl::StrAppend(&csv, "\n");
  }
  return {{"curve.csv", csv}};
}

}  // namespace scoreserve
