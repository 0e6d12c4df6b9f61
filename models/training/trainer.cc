#include "models/training/trainer.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <numbers>
#include <utility>
#include <vector>

#include "ATen/ops/empty.h"
#include "ATen/ops/zeros_like.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "c10/core/GradMode.h"
#include "c10/core/InferenceMode.h"
#include "models/status.h"
#include "models/training/batch_law.h"

namespace scoreserve {
namespace {

std::vector<at::Tensor> Tensors(const ScoreNetwork& network) {
  std::vector<at::Tensor> tensors;
  for (const auto& [name, weight] : network.Weights())
    tensors.push_back(weight);
  return tensors;
}

absl::StatusOr<std::unique_ptr<ScoreNetwork>> Start(const ModelConfig& config,
                                                    uint64_t seed,
                                                    const NamedArrays* start) {
  return start == nullptr ? NewNetwork(config, seed)
                          : LoadNetwork(config, *start);
}

absl::Status NotFinite(const char* what, double value, int64_t step) {
  return WithReason(absl::OutOfRangeError(absl::StrCat(
                        what, " must stay finite; was ", value, " at step ",
                        step, " (a lower learning rate may help)")),
                    Reason::kNumericDivergence);
}

// In double: a sum over all weights.
double Norm(const std::vector<at::Tensor>& gradients) {
  double sum = 0.0;
  for (const at::Tensor& gradient : gradients) {
    const double norm = gradient.norm().item<double>();
    sum += norm * norm;
  }
  return std::sqrt(sum);
}

}  // namespace

const OptionTable<TrainerOptions>& TrainerOptionTable() {
  using O = TrainerOptions;
  static const auto& table = *new OptionTable<O>({
      {"batch", &O::batch, Between(1, 1 << 20), "Rows of a step."},
      {"learning_rate", &O::learning_rate, Positive(), "Adam's step size."},
      {"warm_up", &O::warm_up, NotNegative(),
       "Steps over which the learning rate rises from 0."},
      {"steps", &O::steps, NotNegative(),
       "Length of the learning rate's cosine to 1 %; 0 keeps it."},
      {"gradient_clip", &O::gradient_clip, NotNegative(),
       "Largest norm of a step's gradient; 0 does not clip."},
      {"ema", &O::ema, Between(0.0, 1.0),
       "Decay, a step, of the averaged weights that are saved."},
  });
  return table;
}

double LearningRate(const TrainerOptions& options, int64_t step) {
  const auto k = static_cast<double>(step);
  double rate = options.learning_rate;
  if (step < options.warm_up)
    rate *= (k + 1.0) / static_cast<double>(options.warm_up);
  if (options.steps == 0) return rate;
  const double done = std::min(1.0, k / static_cast<double>(options.steps));
  return rate * (0.01 + 0.99 * 0.5 * (1.0 + std::cos(std::numbers::pi * done)));
}

double EmaDecay(const TrainerOptions& options, int64_t step) {
  const auto k = static_cast<double>(step);
  return std::min(options.ema, (1.0 + k) / (10.0 + k));
}

absl::StatusOr<std::unique_ptr<Trainer>> Trainer::New(
    const ModelConfig& config, std::unique_ptr<const Objective> objective,
    const TrainerOptions& options, uint64_t seed, const NamedArrays* start) {
  const c10::InferenceMode ordinary(false);
  absl::StatusOr<std::unique_ptr<ScoreNetwork>> network =
      Start(config, seed, start);
  if (!network.ok()) return network.status();
  if (!(*network)->trainable()) {
    return InvalidField("network", absl::StrCat("network '", config.network,
                                                "' cannot be trained"));
  }
  absl::Status fits = objective->CheckNetwork(**network);
  if (!fits.ok()) return fits;
  absl::StatusOr<std::unique_ptr<ScoreNetwork>> averaged =
      Start(config, seed, start);
  if (!averaged.ok()) return averaged.status();
  for (const auto& [name, weight] : (*network)->Weights()) {
    if (weight.scalar_type() == at::kFloat) continue;
    return InvalidField("network",
                        absl::StrCat("network '", config.network,
                                     "' cannot be trained: its array '", name,
                                     "' is not float32"));
  }
  return std::unique_ptr<Trainer>(
      new Trainer(*std::move(network), *std::move(averaged),
                  std::move(objective), options, seed));
}

Trainer::Trainer(std::unique_ptr<ScoreNetwork> network,
                 std::unique_ptr<ScoreNetwork> averaged,
                 std::unique_ptr<const Objective> objective,
                 const TrainerOptions& options, uint64_t seed)
    : network_(std::move(network)),
      averaged_(std::move(averaged)),
      objective_(std::move(objective)),
      options_(options),
      seed_(seed),
      weights_(Tensors(*network_)),
      averaged_weights_(Tensors(*averaged_)),
      adam_(weights_, AdamOptions()) {
  for (at::Tensor& weight : weights_) weight.requires_grad_(true);
}

absl::StatusOr<double> Trainer::Step(const ConditionedRows& rows) {
  const c10::InferenceMode ordinary(false);
  double loss = 0.0;
  absl::StatusOr<std::vector<at::Tensor>> gradients =
      Gradients(Batch(rows), loss);
  if (!gradients.ok()) return gradients.status();
  adam_.Step(*gradients, LearningRate(options_, steps_done_));
  Average();
  ++steps_done_;
  return loss;
}

ConditionedRows Trainer::Batch(const ConditionedRows& rows) const {
  const at::Tensor indices = at::empty({options_.batch}, at::kLong);
  FillBatch(seed_, steps_done_, rows.size(),
            {indices.mutable_data_ptr<int64_t>(),
             static_cast<size_t>(options_.batch)});
  return rows.Select(indices);
}

absl::StatusOr<std::vector<at::Tensor>> Trainer::Gradients(
    const ConditionedRows& batch, double& loss) {
  const c10::AutoGradMode recording(true);
  const NoiseKey first = {
      .seed = seed_, .step = static_cast<uint32_t>(steps_done_), .row = 0};
  const at::Tensor mean =
      objective_->Losses(*network_, batch, first, training_workspace_).mean();
  loss = mean.item<double>();
  if (!std::isfinite(loss)) return NotFinite("loss", loss, steps_done_);
  mean.backward();
  std::vector<at::Tensor> gradients;
  for (at::Tensor& weight : weights_) {
    gradients.push_back(std::exchange(weight.mutable_grad(), at::Tensor()));
    // A weight that the loss does not depend on: the constant of an energy.
    if (!gradients.back().defined()) gradients.back() = at::zeros_like(weight);
  }
  const double norm = Norm(gradients);
  if (!std::isfinite(norm)) {
    return NotFinite("the gradient's norm", norm, steps_done_);
  }
  if (options_.gradient_clip > 0.0 && norm > options_.gradient_clip) {
    for (at::Tensor& gradient : gradients)
      gradient.mul_(options_.gradient_clip / norm);
  }
  return gradients;
}

void Trainer::Average() {
  const c10::NoGradGuard no_grad;
  const double share = 1.0 - EmaDecay(options_, steps_done_);
  for (size_t i = 0; i < weights_.size(); ++i) {
    averaged_weights_[i].lerp_(weights_[i], share);
  }
}

double Trainer::HoldOutLoss(const ConditionedRows& rows, uint64_t draws) {
  const c10::InferenceMode inference;
  constexpr uint32_t kDraws = 4;
  constexpr int64_t kRowsAtOnce = 512;
  double sum = 0.0;
  for (uint32_t draw = 0; draw < kDraws; ++draw) {
    for (int64_t row = 0; row < rows.size(); row += kRowsAtOnce) {
      const int64_t count = std::min(kRowsAtOnce, rows.size() - row);
      const NoiseKey first = {
          .seed = draws, .step = draw, .row = static_cast<uint32_t>(row)};
      sum += objective_
                 ->Losses(*averaged_, rows.Range(row, count), first,
                          hold_out_workspace_)
                 .sum()
                 .item<double>();
    }
  }
  return sum / (kDraws * static_cast<double>(rows.size()));
}

TrainerState Trainer::State() const {
  return {.steps_done = steps_done_,
          .weights = CopyOf(Named(weights_)),
          .averaged = CopyOf(Named(averaged_weights_)),
          .means = CopyOf(Named(adam_.means())),
          .squares = CopyOf(Named(adam_.squares()))};
}

absl::Status Trainer::Restore(const TrainerState& state) {
  const c10::InferenceMode ordinary(false);
  const struct {
    const char* field;
    const NamedArrays& from;
    NamedTensors to;
  } parts[] = {{"weights", state.weights, Named(weights_)},
               {"averaged", state.averaged, Named(averaged_weights_)},
               {"means", state.means, Named(adam_.means())},
               {"squares", state.squares, Named(adam_.squares())}};
  for (const auto& part : parts) {
    absl::Status fits = CheckFits(part.field, part.from, part.to);
    if (!fits.ok()) return fits;
  }
  for (const auto& part : parts) CopyInto(part.from, part.to);
  adam_.SetSteps(state.steps_done);
  steps_done_ = state.steps_done;
  return absl::OkStatus();
}

NamedTensors Trainer::Named(const std::vector<at::Tensor>& tensors) const {
  NamedTensors named = network_->Weights();
  for (size_t i = 0; i < named.size(); ++i) named[i].second = tensors[i];
  return named;
}

}  // namespace scoreserve
