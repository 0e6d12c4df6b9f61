#ifndef SCORESERVE_MODELS_TRAINING_ROW_NOISE_H_
#define SCORESERVE_MODELS_TRAINING_ROW_NOISE_H_

#include "models/io/model_config.h"
#include "models/objectives/conditioned_rows.h"
#include "models/samplers/noise.h"

namespace scoreserve {

// Noise that rows get anew each time that a loss is taken of them, so that what
// lies on a grid has a density: x + width · (u − ½) + deviation · z, in data
// space, with u uniform on (0, 1) (Purpose::kDequantise) and z standard normal
// (Purpose::kDataNoise), each coordinate by itself. Thread-safe: a value.
class RowNoise {
 public:
  RowNoise() = default;  // None.
  // `width` and `deviation` in data space, 0 or more; `space` says how much
  // that is in model space.
  RowNoise(double width, double deviation, const DataSpace& space)
      : width_(width / space.scale), deviation_(deviation / space.scale) {}

  bool none() const { return width_ == 0.0 && deviation_ == 0.0; }

  // The rows with noise: copies, ordinary tensors whatever mode the caller is
  // in; `rows` themselves where there is none. Row i draws from (first.seed,
  // first.step, first.row + i).
  ConditionedRows AddTo(const ConditionedRows& rows,
                        const NoiseKey& first) const;

 private:
  double width_ = 0.0, deviation_ = 0.0;  // In model space.
};

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_TRAINING_ROW_NOISE_H_
