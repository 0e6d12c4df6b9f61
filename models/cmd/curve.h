#ifndef SCORESERVE_MODELS_CMD_CURVE_H_
#define SCORESERVE_MODELS_CMD_CURVE_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace scoreserve {

// How training went: one point every few steps.
struct CurvePoint {
  int64_t step = 0;   // Steps done.
  double loss = 0.0;  // Mean over the batches since the point before.
  double hold_out =
      0.0;  // Of the averaged weights; NaN where nothing is held out.
};

// What is kept beside the weights, by file name: curve.csv and curve.png. The
// error of the file system where the picture cannot be drawn. Requires a point.
absl::StatusOr<std::map<std::string, std::string>> CurveFiles(
    const std::vector<CurvePoint>& curve);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_CMD_CURVE_H_
