#include "models/objectives/fd_sliced.h"

#include <memory>
#include <utility>

#include "models/objectives/directions.h"
#include "models/status.h"

namespace scoreserve {
namespace {

class FdSliced final : public DensityObjective {
 public:
  FdSliced(const FdSlicedOptions& options, Directions directions,
           LevelLaw levels)
      : DensityObjective(options, std::move(levels), options.projections),
        options_(options),
        directions_(directions) {}

  absl::Status CheckNetwork(const ScoreNetwork& network) const override {
    return FromEnergy(network) ? CheckStep(options_.step, kLeastSecondOrderStep)
                               : absl::OkStatus();
  }

 private:
  bool FromEnergy(const ScoreNetwork& network) const {
    return network.has_energy() && !options_.variance_reduction;
  }

  at::Tensor LossesAt(const ScoreNetwork& network, const ScoreInput& input,
                      const at::Tensor& z, const at::Tensor& scale,
                      Workspace& workspace) const override {
    const at::Tensor directions = DirectionsOf(directions_, z);
    const at::Tensor heights = HeightsOf(options_.step, scale, z.size(2));
    return FromEnergy(network)
               ? FdSlicedEnergyLosses(network, input, directions, heights,
                                      workspace)
               : FdSlicedLosses(network, input, directions, heights,
                                options_.variance_reduction, workspace);
  }

  const FdSlicedOptions options_;
  const Directions directions_;
};

}  // namespace

const OptionTable<FdSlicedOptions>& FdSlicedOptionTable() {
  using O = FdSlicedOptions;
  static const auto& table = *new OptionTable<O>(WithDensity<O>({
      {"directions",
       &O::directions,
       {},
       "Law of the directions: rademacher, gaussian or sphere."},
      {"projections", &O::projections, Between(1, 1024),
       "Directions a row, each two more values."},
      {"variance_reduction",
       &O::variance_reduction,
       {},
       "Take |s|² as it is instead of along the directions; an energy network "
       "without it is asked for energies alone."},
      {"step", &O::step, Positive(), kStepHelp},
  }));
  return table;
}

absl::StatusOr<std::unique_ptr<Objective>> NewFdSliced(
    const OptionValues& options, const ModelConfig& config) {
  absl::StatusOr<FdSlicedOptions> parsed = FdSlicedOptionTable().Parse(options);
  if (!parsed.ok()) return parsed.status();
  const auto directions = SpreadDirectionsNamed(parsed->directions);
  if (!directions.ok()) return directions.status();
  absl::Status step = CheckStep(parsed->step, kLeastStep);
  if (!step.ok()) return step;
  absl::StatusOr<LevelLaw> levels = LevelLaw::New(parsed->noise_level, config);
  if (!levels.ok()) return levels.status();
  return std::make_unique<FdSliced>(*parsed, *directions, *std::move(levels));
}

at::Tensor FdSlicedLosses(const ScoreNetwork& network, const ScoreInput& input,
                          const at::Tensor& directions,
                          const at::Tensor& heights, bool variance_reduction,
                          Workspace& workspace) {
  const ScoreInput points =
      PointsAround(input, directions.mul(heights), /*centre=*/false);
  const PointValues score = ValuesAround(network.Score(points, workspace),
                                         input.x.size(0), /*centre=*/false);
  const at::Tensor u = directions.transpose(0, 1);
  const at::Tensor trace = score.plus.sub(score.minus)
                               .mul(u)
                               .sum(2)
                               .div(heights.view({1, -1}).mul(2.0));
  const at::Tensor middle = score.plus.add(score.minus).mul(0.5);
  const at::Tensor square = variance_reduction ? middle.square().sum(2)
                                               : middle.mul(u).sum(2).square();
  return trace.add(square, 0.5).mean(0);
}

at::Tensor FdSlicedEnergyLosses(const ScoreNetwork& network,
                                const ScoreInput& input,
                                const at::Tensor& directions,
                                const at::Tensor& heights,
                                Workspace& workspace) {
  const ScoreInput points =
      PointsAround(input, directions.mul(heights), /*centre=*/true);
  const PointValues energy =
      ValuesAround(network.Energy(points, workspace).to(at::kDouble),
                   input.x.size(0), /*centre=*/true);
  const at::Tensor square = heights.to(at::kDouble).view({1, -1}).square();
  const at::Tensor slope = energy.plus.sub(energy.minus).mul(0.5);
  // Differences of neighbours first: each is small.
  const at::Tensor bend =
      energy.plus.sub(energy.centre).add(energy.minus.sub(energy.centre));
  return slope.square().mul(0.5).sub(bend).div(square).mean(0);
}

}  // namespace scoreserve
