// How a run of training went so far, as a value that is kept with the state of
// its trainer, so that the curve of a run that was stopped goes on as if it had
// not been.

#ifndef SCORESERVE_MODELS_TRAINING_TRAINING_RECORD_H_
#define SCORESERVE_MODELS_TRAINING_TRAINING_RECORD_H_

#include <cstdint>
#include <limits>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "models/io/json.h"

namespace scoreserve {

// One point every few steps.
struct CurvePoint {
  int64_t step = 0;   // Steps done.
  double loss = 0.0;  // Mean over the batches since the point before.
  double hold_out =
      0.0;  // Of the averaged weights; NaN where nothing is held out.
};

struct TrainingRecord {
  // Before the first step; NaN where nothing is held out.
  double first_hold_out = std::numeric_limits<double>::quiet_NaN();
  std::vector<CurvePoint> curve = {};
  // Losses of the batches since the last point.
  double loss_sum = 0.0;
  int64_t losses = 0;
  double seconds = 0.0;  // That training took, in all calls together.

  // The mean of those losses, or that of the last point where there are none
  // yet. Requires a step.
  double Loss() const {
    return losses > 0 ? loss_sum / static_cast<double>(losses)
                      : curve.back().loss;
  }
  // The newest.
  double HoldOut() const {
    return curve.empty() ? first_hold_out : curve.back().hold_out;
  }
};

// Without loss:
//
//   {"first_hold_out": x, "curve": [[step, loss, hold_out], …],
//    "loss_sum": x, "losses": n, "seconds": x}
//
// with null for NaN.
Json RecordToJson(const TrainingRecord& record);

// INVALID_ARGUMENT naming the key below `path` for what is no such object.
absl::StatusOr<TrainingRecord> RecordFromJson(const Json& json,
                                              absl::string_view path);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_TRAINING_TRAINING_RECORD_H_
