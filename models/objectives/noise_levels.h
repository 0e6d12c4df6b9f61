#ifndef SCORESERVE_MODELS_OBJECTIVES_NOISE_LEVELS_H_
#define SCORESERVE_MODELS_OBJECTIVES_NOISE_LEVELS_H_

#include "models/io/model_config.h"

namespace scoreserve {

// The law of the noise levels that a network is trained at: those that the
// variance-preserving process passes (Song et al. 2021),
//
//   σ(t) = √(exp(B(t)) − 1),  B(t) = 0.1 t + 9.95 t²,  t uniform on (0.001, 1),
//
// conditioned on lying in the label's range. Most of its mass is where
// denoising is hard, between 0.1 and 10; log-uniform levels did clearly worse
// on images. Immutable.
class NoiseLevels {
 public:
  // Whether some of [σ(0.001), σ(1)] = [0.0105, 152] lies inside the range.
  static bool Meets(const LabelRule& range);

  // Requires Meets(range).
  explicit NoiseLevels(const LabelRule& range);

  // The level below which the fraction u of the levels lies, u in [0, 1].
  double Quantile(double u) const;

 private:
  LabelRule range_;
  double first_time_, last_time_;
};

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_OBJECTIVES_NOISE_LEVELS_H_
