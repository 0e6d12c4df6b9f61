#include "models/networks/energy_network.h"

#include "c10/core/GradMode.h"
#include "models/networks/ordinary_mode.h"
#include "torch/csrc/autograd/autograd.h"

namespace scoreserve {

at::Tensor EnergyNetwork::Score(const ScoreInput& input,
                                Workspace& workspace) const {
  return ScoreWithEnergy(input, workspace).score;
}

ScoreAndEnergy EnergyNetwork::ScoreWithEnergy(const ScoreInput& input,
                                              Workspace& workspace) const {
  const OrdinaryMode ordinary;
  const c10::AutoGradMode derivatives(true);
  ScoreInput at = input;
  if (!ordinary.recording() || !input.x.requires_grad()) {
    at.x = input.x.detach().clone().requires_grad_(true);
  }
  // What was made in inference mode may not take part in a gradient.
  for (at::Tensor* plane : {&at.label, &at.condition}) {
    if (plane->defined() && plane->is_inference()) *plane = plane->clone();
  }
  const at::Tensor energy = Energy(at, workspace);
  const at::Tensor slope =
      torch::autograd::grad({energy.sum()}, {at.x}, /*grad_outputs=*/{},
                            /*retain_graph=*/ordinary.recording(),
                            /*create_graph=*/ordinary.recording())[0];
  return {
      .score = slope.neg(),
      .energy =
          (ordinary.recording() ? energy : energy.detach()).to(at::kDouble)};
}

}  // namespace scoreserve
