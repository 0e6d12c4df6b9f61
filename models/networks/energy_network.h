#ifndef SCORESERVE_MODELS_NETWORKS_ENERGY_NETWORK_H_
#define SCORESERVE_MODELS_NETWORKS_ENERGY_NETWORK_H_

#include "ATen/core/Tensor.h"
#include "models/networks/score_network.h"

namespace scoreserve {

// A network that is an energy: its score is minus the gradient of Energy() in
// x, by automatic differentiation, also in inference mode. Where the caller
// records gradients so is this one, for objectives that need its derivatives.
class EnergyNetwork : public ScoreNetwork {
 public:
  bool has_energy() const final { return true; }
  at::Tensor Energy(const ScoreInput& input,
                    Workspace& workspace) const override = 0;

  at::Tensor Score(const ScoreInput& input, Workspace& workspace) const final;
  ScoreAndEnergy ScoreWithEnergy(const ScoreInput& input,
                                 Workspace& workspace) const final;
};

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_NETWORKS_ENERGY_NETWORK_H_
