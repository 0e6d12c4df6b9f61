#include "models/objectives/sliced.h"

#include <cmath>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "ATen/ops/empty.h"
#include "ATen/ops/ones_like.h"
#include "ATen/ops/where.h"
#include "absl/strings/str_cat.h"
#include "c10/core/GradMode.h"
#include "c10/core/InferenceMode.h"
#include "models/objectives/condition_dropout.h"
#include "models/objectives/row_levels.h"
#include "models/status.h"
#include "torch/csrc/autograd/autograd.h"

namespace scoreserve {
namespace {

absl::StatusOr<Directions> DirectionsNamed(const std::string& name) {
  if (name == "gaussian") return Directions::kGaussian;
  if (name == "rademacher") return Directions::kRademacher;
  if (name == "sphere") return Directions::kSphere;
  return InvalidField("directions", "one of gaussian, rademacher, sphere",
                      absl::StrCat("'", name, "'"));
}

class Sliced final : public Objective {
 public:
  Sliced(const SlicedOptions& options, Directions directions, LevelLaw levels)
      : options_(options),
        directions_(directions),
        levels_(std::move(levels)) {}

  Estimand estimand() const override {
    return levels_.none() ? Estimand::kClean : Estimand::kNoised;
  }

  at::Tensor Losses(const ScoreNetwork& network, const ConditionedRows& rows,
                    const NoiseKey& first,
                    Workspace& workspace) const override {
    // What is drawn here becomes part of a derivative.
    const c10::InferenceMode ordinary(false);
    // Of each row, the noise and then one direction after the other.
    const int64_t dim = rows.x.size(1), draws = 1 + options_.projections;
    const at::Tensor z = at::empty({rows.size(), draws, dim}, at::kFloat);
    FillNormals(first, Purpose::kObjective, rows.size(), draws * dim,
                z.mutable_data_ptr<float>());
    const at::Tensor v =
        DirectionsOf(directions_, z.narrow(1, 1, options_.projections));
    ScoreInput input = {.x = rows.x,
                        .condition = WithDropout(
                            rows.condition, options_.condition_dropout, first)};
    if (levels_.none()) {
      return SlicedLosses(network, input, v, options_.variance_reduction,
                          workspace);
    }
    const RowLevels levels = levels_.Draw(rows.size(), first);
    const at::Tensor sigma = levels.sigma.to(at::kFloat);
    input.x = rows.x.mul(levels.alpha.to(at::kFloat).unsqueeze(1))
                  .addcmul(sigma.unsqueeze(1), z.select(1, 0));
    if (network.label_kind() != LabelKind::kNone) input.label = levels.label;
    return SlicedLosses(network, input, v, options_.variance_reduction,
                        workspace)
        .mul(sigma.square());
  }

 private:
  const SlicedOptions options_;
  const Directions directions_;
  const LevelLaw levels_;
};

}  // namespace

const OptionTable<SlicedOptions>& SlicedOptionTable() {
  using O = SlicedOptions;
  static const auto& table = *new OptionTable<O>({
      {"directions",
       &O::directions,
       {},
       "Law of the directions: rademacher (which varies least, mostly), "
       "gaussian or sphere."},
      {"projections", &O::projections, Between(1, 1024),
       "Directions a row, each another backward pass."},
      {"variance_reduction",
       &O::variance_reduction,
       {},
       "Take |s|² as it is instead of along the directions."},
      {"noise_level", &O::noise_level, NotNegative(),
       "Standard deviation of noise that rows get first, in model space, σ/α "
       "where the label is a time; 0 draws one for each row from the label's "
       "range, and is none for a network that takes no label."},
      {"condition_dropout", &O::condition_dropout, Between(0.0, 1.0),
       "Fraction of the rows with a class that are trained without it; 0 "
       "leaves nothing to guide by."},
  });
  return table;
}

absl::StatusOr<std::unique_ptr<Objective>> NewSliced(
    const OptionValues& options, const ModelConfig& config) {
  absl::StatusOr<SlicedOptions> parsed = SlicedOptionTable().Parse(options);
  if (!parsed.ok()) return parsed.status();
  const auto directions = DirectionsNamed(parsed->directions);
  if (!directions.ok()) return directions.status();
  absl::StatusOr<LevelLaw> levels = LevelLaw::New(parsed->noise_level, config);
  if (!levels.ok()) return levels.status();
  return std::make_unique<Sliced>(*parsed, *directions, *std::move(levels));
}

at::Tensor DirectionsOf(Directions directions, const at::Tensor& z) {
  switch (directions) {
    case Directions::kGaussian:
      return z;
    case Directions::kSphere: {
      const double length = std::sqrt(static_cast<double>(z.size(-1)));
      return z.div(z.norm(2, -1, /*keepdim=*/true)).mul(length);
    }
    case Directions::kRademacher:
      break;
  }
  const at::Tensor one = at::ones_like(z);
  return at::where(z.lt(0.0), one.neg(), one);
}

at::Tensor SlicedLosses(const ScoreNetwork& network, const ScoreInput& input,
                        const at::Tensor& directions, bool variance_reduction,
                        Workspace& workspace) {
  const bool differentiable = at::GradMode::is_enabled();
  // Whatever the caller is in, the loss is made of a derivative.
  const c10::InferenceMode ordinary(false);
  const at::AutoGradMode derivatives(true);
  ScoreInput at = input;
  at.x = input.x.clone().detach().requires_grad_(true);
  const at::Tensor score = network.Score(at, workspace);
  const int64_t projections = directions.size(1);
  at::Tensor losses;
  for (int64_t i = 0; i < projections; ++i) {
    const at::Tensor v = directions.select(1, i);
    const at::Tensor slope = score.mul(v).sum(1);
    const at::Tensor curvature = torch::autograd::grad(
        {slope.sum()}, {at.x}, /*grad_outputs=*/{},
        /*retain_graph=*/differentiable || i + 1 < projections,
        /*create_graph=*/differentiable)[0];
    at::Tensor term = curvature.mul(v).sum(1);
    if (!variance_reduction) term = term.add(slope.square(), 0.5);
    losses = losses.defined() ? losses.add(term) : term;
  }
  losses = losses.div(static_cast<double>(projections));
  if (variance_reduction) losses = losses.add(score.square().sum(1), 0.5);
  return differentiable ? losses : losses.detach();
}

}  // namespace scoreserve
