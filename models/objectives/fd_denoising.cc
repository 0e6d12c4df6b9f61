#include "models/objectives/fd_denoising.h"

#include <cstdint>
#include <memory>
#include <utility>

#include "models/objectives/condition_dropout.h"
#include "models/objectives/directions.h"
#include "models/samplers/normal_tensor.h"
#include "models/status.h"

namespace scoreserve {
namespace {

class FdDenoising final : public Objective {
 public:
  FdDenoising(const FdDenoisingOptions& options, Directions directions,
              LevelLaw levels)
      : options_(options),
        directions_(directions),
        levels_(std::move(levels)) {}

  Estimand estimand() const override { return Estimand::kNoised; }

  absl::Status CheckNetwork(const ScoreNetwork& network) const override {
    if (network.has_energy()) return absl::OkStatus();
    return WithReason(
        absl::InvalidArgumentError(
            "objective must not be fd_denoising for a network that has a score "
            "alone: it takes differences of energies; take denoising, which "
            "needs no derivative of a score"),
        Reason::kUnsuitableModel);
  }

  at::Tensor Losses(const ScoreNetwork& network, const ConditionedRows& rows,
                    const NoiseKey& first,
                    Workspace& workspace) const override {
    // Of each row, the noise and then one direction after the other.
    const int64_t dim = rows.x.size(1), draws = 1 + options_.projections;
    const at::Tensor normals =
        NormalTensor(first, Purpose::kObjective, rows.size(), draws * dim,
                     rows.x.device())
            .view({rows.size(), draws, dim});
    const RowLevels levels =
        levels_.Draw(rows.size(), first).To(rows.x.device());
    return FdDenoisingLosses(
        network,
        {.x = rows.x,
         .condition =
             WithDropout(rows.condition, options_.condition_dropout, first)},
        levels, normals.select(1, 0),
        DirectionsOf(directions_, normals.narrow(1, 1, options_.projections)),
        HeightsOf(options_.step, levels.sigma.to(at::kFloat), dim),
        options_.weight_power, workspace);
  }

 private:
  const FdDenoisingOptions options_;
  const Directions directions_;
  const LevelLaw levels_;
};

const OptionTable<FdDenoisingOptions>& Options() {
  using O = FdDenoisingOptions;
  static const auto& table = *new OptionTable<O>(WithDenoising<O>({
      {"directions",
       &O::directions,
       {},
       "Law of the directions: rademacher, gaussian or sphere."},
      {"projections", &O::projections, Between(1, 1024),
       "Directions a row, each two more energies."},
      {"step", &O::step, Positive(), kStepHelp},
  }));
  return table;
}

absl::StatusOr<std::unique_ptr<Objective>> New(const OptionValues& options,
                                               const ModelConfig& config) {
  absl::StatusOr<FdDenoisingOptions> parsed = Options().Parse(options);
  if (!parsed.ok()) return parsed.status();
  const auto directions = SpreadDirectionsNamed(parsed->directions);
  if (!directions.ok()) return directions.status();
  absl::Status step = CheckStep(parsed->step, kLeastStep);
  if (!step.ok()) return step;
  absl::StatusOr<LevelLaw> levels = DenoisingLevels(*parsed, config);
  if (!levels.ok()) return levels.status();
  return std::make_unique<FdDenoising>(*parsed, *directions,
                                       *std::move(levels));
}

}  // namespace

ObjectiveKind FdDenoisingObjective() {
  return {.name = "fd_denoising",
          .help =
              "Denoising score matching of an energy by finite differences "
              "(Pang et "
              "al. 2020).",
          .options = Options().Describe(),
          .create = New};
}

at::Tensor FdDenoisingLosses(const ScoreNetwork& network,
                             const ConditionedRows& rows,
                             const RowLevels& levels, const at::Tensor& z,
                             const at::Tensor& directions,
                             const at::Tensor& heights, double weight_power,
                             Workspace& workspace) {
  const ScoreInput points =
      PointsAround(NoisedInput(network, rows, levels, z),
                   directions.mul(heights), /*centre=*/false);
  const PointValues energy =
      ValuesAround(network.Energy(points, workspace).to(at::kDouble),
                   rows.size(), /*centre=*/false);
  const at::Tensor slope =
      energy.minus.sub(energy.plus)
          .div(heights.to(at::kDouble).view({1, -1}).mul(2.0));
  const at::Tensor along =
      directions.mul(z.unsqueeze(1)).sum(2).t().to(at::kDouble);
  // α δ + wᵀz/u is (σ δ + wᵀz)/u.
  const at::Tensor noise = levels.sigma.div(levels.alpha);
  return slope.mul(levels.sigma)
      .add(along)
      .mul(noise.pow(0.5 * weight_power - 1.0))
      .square()
      .mean(0)
      .mul(0.5);
}

}  // namespace scoreserve
