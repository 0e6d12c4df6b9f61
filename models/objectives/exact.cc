#include "models/objectives/exact.h"

#include <cstdint>
#include <memory>
#include <utility>

#include "c10/core/GradMode.h"
#include "models/networks/ordinary_mode.h"
#include "models/objectives/smooth_networks.h"
#include "torch/csrc/autograd/autograd.h"

namespace scoreserve {
namespace {

class Exact final : public DensityObjective {
 public:
  Exact(const ExactOptions& options, LevelLaw levels)
      : DensityObjective(options, std::move(levels), /*draws=*/0) {}

  absl::Status CheckNetwork(const ScoreNetwork& network) const override {
    return CheckSmooth(network);
  }

 private:
  at::Tensor LossesAt(const ScoreNetwork& network, const ScoreInput& input,
                      const at::Tensor&, const at::Tensor&,
                      Workspace& workspace) const override {
    return ExactLosses(network, input, workspace);
  }
};

}  // namespace

const OptionTable<ExactOptions>& ExactOptionTable() {
  static const auto& table =
      *new OptionTable<ExactOptions>(WithDensity<ExactOptions>({}));
  return table;
}

absl::StatusOr<std::unique_ptr<Objective>> NewExact(const OptionValues& options,
                                                    const ModelConfig& config) {
  absl::StatusOr<ExactOptions> parsed = ExactOptionTable().Parse(options);
  if (!parsed.ok()) return parsed.status();
  absl::StatusOr<LevelLaw> levels = LevelLaw::New(parsed->noise_level, config);
  if (!levels.ok()) return levels.status();
  return std::make_unique<Exact>(*parsed, *std::move(levels));
}

at::Tensor ExactLosses(const ScoreNetwork& network, const ScoreInput& input,
                       Workspace& workspace) {
  const OrdinaryMode ordinary;
  const c10::AutoGradMode derivatives(true);
  ScoreInput at = input;
  at.x = input.x.clone().detach().requires_grad_(true);
  const at::Tensor score = network.Score(at, workspace);
  at::Tensor losses = score.square().sum(1).mul(0.5);
  for (int64_t i = 0; i < score.size(1); ++i) {
    const at::Tensor row = torch::autograd::grad(
        {score.select(1, i).sum()}, {at.x}, /*grad_outputs=*/{},
        /*retain_graph=*/true, /*create_graph=*/ordinary.recording())[0];
    losses = losses.add(row.select(1, i));
  }
  return ordinary.recording() ? losses : losses.detach();
}

}  // namespace scoreserve
