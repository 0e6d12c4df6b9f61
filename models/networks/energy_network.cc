#include "models/networks/energy_network.h"

#include "c10/core/GradMode.h"
#include "c10/core/InferenceMode.h"
#include "torch/csrc/autograd/autograd.h"

namespace scoreserve {

at::Tensor EnergyNetwork::Score(const ScoreInput& input,
                                Workspace& workspace) const {
  return ScoreWithEnergy(input, workspace).score;
}

ScoreAndEnergy EnergyNetwork::ScoreWithEnergy(const ScoreInput& input,
                                              Workspace& workspace) const {
  const bool recording = c10::GradMode::is_enabled();
  const c10::InferenceMode ordinary(false);
  const c10::AutoGradMode derivatives(true);
  ScoreInput at = input;
  if (!recording || !input.x.requires_grad()) {
    at.x = input.x.detach().clone().requires_grad_(true);
  }
  // What was made in inference mode may not take part in a gradient.
  for (at::Tensor* plane : {&at.label, &at.condition}) {
    if (plane->defined() && plane->is_inference()) *plane = plane->clone();
  }
  const at::Tensor energy = Energy(at, workspace);
  const at::Tensor slope =
      torch::autograd::grad({energy.sum()}, {at.x}, /*grad_outputs=*/{},
                            /*retain_graph=*/recording,
                            /*create_graph=*/recording)[0];
  return {.score = slope.neg(),
          .energy = (recording ? energy : energy.detach()).to(at::kDouble)};
}

}  // namespace scoreserve
