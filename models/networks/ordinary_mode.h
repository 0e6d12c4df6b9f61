#ifndef SCORESERVE_MODELS_NETWORKS_ORDINARY_MODE_H_
#define SCORESERVE_MODELS_NETWORKS_ORDINARY_MODE_H_

#include "c10/core/GradMode.h"
#include "c10/core/InferenceMode.h"

namespace scoreserve {

// For a scope that makes what a derivative is taken of: leaves inference mode,
// whose tensors cannot be, without changing whether gradients are recorded
// (which leaving it alone would turn on).
class OrdinaryMode {
 public:
  OrdinaryMode() = default;

  // Whether the caller records gradients.
  bool recording() const { return recording_; }

 private:
  const bool recording_ = c10::GradMode::is_enabled();
  const c10::InferenceMode ordinary_{false};
  const c10::AutoGradMode mode_{recording_};
};

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_NETWORKS_ORDINARY_MODE_H_
