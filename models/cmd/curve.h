#ifndef SCORESERVE_MODELS_CMD_CURVE_H_
#define SCORESERVE_MODELS_CMD_CURVE_H_

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "models/cmd/train_seeds.h"

namespace scoreserve {

// What is kept beside the weights, by file name:
//
//   curve.csv   step,loss,hold_out_loss, with the seed before them where there
//               are several
//   curve.png   the same as a picture
//
// The error of the file system where the picture cannot be drawn.
absl::StatusOr<std::map<std::string, std::string>> CurveFiles(
    const TrainingOutcome& outcome);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_CMD_CURVE_H_
