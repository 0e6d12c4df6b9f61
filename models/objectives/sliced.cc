#include "models/objectives/sliced.h"

#include <memory>
#include <utility>

#include "models/networks/ordinary_mode.h"
#include "models/objectives/directions.h"
#include "models/objectives/smooth_networks.h"
#include "models/status.h"

namespace scoreserve {
namespace {

class Sliced final : public DensityObjective {
 public:
  Sliced(const SlicedOptions& options, Directions directions, LevelLaw levels)
      : DensityObjective(options, std::move(levels), options.projections),
        variance_reduction_(options.variance_reduction),
        directions_(directions) {}

  absl::Status CheckNetwork(const ScoreNetwork& network) const override {
    return CheckSmooth(network);
  }

 private:
  at::Tensor LossesAt(const ScoreNetwork& network, const ScoreInput& input,
                      const at::Tensor& z, const at::Tensor&,
                      Workspace& workspace) const override {
    return SlicedLosses(network, input, DirectionsOf(directions_, z),
                        variance_reduction_, workspace,
                        FasterOn(input.x.device()));
  }

  const bool variance_reduction_;
  const Directions directions_;
};

}  // namespace

const OptionTable<SlicedOptions>& SlicedOptionTable() {
  using O = SlicedOptions;
  static const auto& table = *new OptionTable<O>(WithDensity<O>({
      {"directions", &O::directions, {}, kDirectionsHelp},
      {"projections", &O::projections, Between(1, 1024),
       "Directions a row, each another derivative."},
      {"variance_reduction",
       &O::variance_reduction,
       {},
       "Take |s|² as it is instead of along the directions."},
  }));
  return table;
}

absl::StatusOr<std::unique_ptr<Objective>> NewSliced(
    const OptionValues& options, const ModelConfig& config) {
  absl::StatusOr<SlicedOptions> parsed = SlicedOptionTable().Parse(options);
  if (!parsed.ok()) return parsed.status();
  const auto directions = DirectionsNamed(parsed->directions);
  if (!directions.ok()) return directions.status();
  if (*directions == Directions::kUnitSphere && parsed->variance_reduction) {
    return InvalidField("directions",
                        "of second moment 1 where variance_reduction is true, "
                        "or |s|² would weigh dim times as much as the trace",
                        "'unit_sphere'");
  }
  absl::StatusOr<LevelLaw> levels = LevelLaw::New(parsed->noise_level, config);
  if (!levels.ok()) return levels.status();
  return std::make_unique<Sliced>(*parsed, *directions, *std::move(levels));
}

at::Tensor SlicedLosses(const ScoreNetwork& network, const ScoreInput& input,
                        const at::Tensor& directions, bool variance_reduction,
                        Workspace& workspace, Differentiation differentiation) {
  // The loss is made of what CurvatureAlong() gives outside inference mode.
  const OrdinaryMode ordinary;
  const auto [score, curvature] =
      CurvatureAlong(network, input, directions, differentiation, workspace);
  const at::Tensor trace = curvature.mean(1);
  if (variance_reduction) return trace.add(score.square().sum(1), 0.5);
  const at::Tensor along = directions.mul(score.unsqueeze(1)).sum(2);
  return trace.add(along.square().mean(1), 0.5);
}

}  // namespace scoreserve
