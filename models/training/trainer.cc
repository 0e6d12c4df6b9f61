#include "models/training/trainer.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "ATen/ops/empty.h"
#include "ATen/ops/stack.h"
#include "ATen/ops/zeros_like.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "c10/core/GradMode.h"
#include "c10/core/InferenceMode.h"
#include "models/networks/placement.h"
#include "models/status.h"
#include "models/training/batch_law.h"
#include "models/training/row_losses.h"

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

// In double: a sum over all weights. They come from the device together.
double Norm(const std::vector<at::Tensor>& gradients) {
  std::vector<at::Tensor> norms;
  norms.reserve(gradients.size());
  for (const at::Tensor& gradient : gradients) norms.push_back(gradient.norm());
  const at::Tensor here = at::stack(norms).to(at::kCPU, at::kDouble);
  const double* norm = here.const_data_ptr<double>();
  double sum = 0.0;
  for (size_t i = 0; i < gradients.size(); ++i) sum += norm[i] * norm[i];
  return std::sqrt(sum);
}

}  // namespace

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
  return std::unique_ptr<Trainer>(new Trainer(
      *std::move(network), *std::move(averaged), std::move(objective),
      RowNoise(options.dequantise, options.data_noise, config.data), options,
      seed));
}

Trainer::Trainer(std::unique_ptr<ScoreNetwork> network,
                 std::unique_ptr<ScoreNetwork> averaged,
                 std::unique_ptr<const Objective> objective,
                 const RowNoise& noise, const TrainerOptions& options,
                 uint64_t seed)
    : network_(std::move(network)),
      averaged_(std::move(averaged)),
      objective_(std::move(objective)),
      noise_(noise),
      options_(options),
      seed_(seed),
      weights_(Tensors(*network_)),
      averaged_weights_(Tensors(*averaged_)),
      adam_(weights_, AdamOptions()) {
  for (at::Tensor& weight : weights_) weight.requires_grad_(true);
}

absl::Status Trainer::MoveTo(at::Device device) {
  const c10::InferenceMode ordinary(false);
  for (const at::Device to : {device, device_}) {
    absl::Status moved = scoreserve::MoveTo(to, *network_);
    moved.Update(scoreserve::MoveTo(to, *averaged_));
    moved.Update(adam_.MoveTo(to));
    if (moved.ok()) {
      const bool there = to == device;
      device_ = to;
      if (there) return absl::OkStatus();
      break;
    }
  }
  return WithReason(absl::ResourceExhaustedError(absl::StrCat(
                        "there is no memory to train on ", device.str())),
                    Reason::kOutOfMemory);
}

absl::StatusOr<double> Trainer::Step(const ConditionedRows& rows) {
  while (true) {
    absl::StatusOr<std::optional<double>> loss = Advance(rows);
    if (!loss.ok()) return loss.status();
    if (loss->has_value()) return **loss;
  }
}

absl::StatusOr<std::optional<double>> Trainer::Advance(
    const ConditionedRows& rows) {
  const c10::InferenceMode ordinary(false);
  if (!pieces_.has_value()) pieces_ = Pieces{.batch = Batch(rows)};
  absl::Status added = AddPiece(*pieces_);
  if (added.ok() && pieces_->rows_done < options_.batch) return std::nullopt;
  Pieces done = *std::exchange(pieces_, std::nullopt);
  if (!added.ok()) return added;
  absl::Status clipped = Clip(done.gradients);
  if (!clipped.ok()) return clipped;
  adam_.Step(done.gradients, LearningRate(options_, steps_done_));
  Average();
  ++steps_done_;
  return done.loss;
}

void Trainer::Skip() {
  pieces_.reset();
  ++steps_done_;
  ++skipped_;
}

ConditionedRows Trainer::Batch(const ConditionedRows& rows) const {
  const at::Tensor indices = at::empty({options_.batch}, at::kLong);
  FillBatch(seed_, steps_done_, rows.size(),
            {indices.mutable_data_ptr<int64_t>(),
             static_cast<size_t>(options_.batch)});
  return rows.Select(indices);
}

absl::Status Trainer::AddPiece(Pieces& pieces) {
  const c10::AutoGradMode recording(true);
  const int64_t begin = pieces.rows_done, left = options_.batch - begin;
  const int64_t count =
      options_.micro_batch == 0 ? left : std::min(left, options_.micro_batch);
  const NoiseKey first = {.seed = seed_,
                          .step = static_cast<uint32_t>(steps_done_),
                          .row = static_cast<uint32_t>(begin)};
  const ConditionedRows rows =
      noise_.AddTo(pieces.batch.Range(begin, count), first).To(device_);
  // The share of the whole batch: exactly 1 where it is all of it.
  const double share =
      static_cast<double>(count) / static_cast<double>(options_.batch);
  const at::Tensor loss =
      objective_->Losses(*network_, rows, first, training_workspace_)
          .mean()
          .mul(share);
  const double value = loss.item<double>();
  if (!std::isfinite(value)) return NotFinite("loss", value, steps_done_);
  loss.backward();
  pieces.gradients.resize(weights_.size());
  for (size_t i = 0; i < weights_.size(); ++i) {
    const at::Tensor piece =
        std::exchange(weights_[i].mutable_grad(), at::Tensor());
    at::Tensor& sum = pieces.gradients[i];
    if (!sum.defined()) {
      sum = piece;
    } else if (piece.defined()) {
      sum.add_(piece);
    }
    // A weight that the loss does not depend on: the constant of an energy.
    if (!sum.defined()) sum = at::zeros_like(weights_[i]);
  }
  pieces.loss += value;
  pieces.rows_done += count;
  return absl::OkStatus();
}

absl::Status Trainer::Clip(std::vector<at::Tensor>& gradients) const {
  const double norm = Norm(gradients);
  if (!std::isfinite(norm)) {
    return NotFinite("the gradient's norm", norm, steps_done_);
  }
  if (options_.gradient_clip > 0.0 && norm > options_.gradient_clip) {
    for (at::Tensor& gradient : gradients)
      gradient.mul_(options_.gradient_clip / norm);
  }
  return absl::OkStatus();
}

void Trainer::Average() {
  const c10::NoGradGuard no_grad;
  const double share = 1.0 - EmaDecay(options_, steps_done_);
  for (size_t i = 0; i < weights_.size(); ++i) {
    averaged_weights_[i].lerp_(weights_[i], share);
  }
}

double Trainer::HoldOutLoss(const ConditionedRows& rows, uint64_t draws) {
  constexpr int64_t kRowsAtOnce = 512;
  const RowLosses losses(*objective_, noise_, draws);
  double sum = 0.0;
  for (int64_t row = 0; row < rows.size(); row += kRowsAtOnce) {
    const int64_t count = std::min(kRowsAtOnce, rows.size() - row);
    for (const double loss : losses.Of(*averaged_, rows.Range(row, count), row,
                                       hold_out_workspace_)) {
      sum += loss;
    }
  }
  return sum / static_cast<double>(rows.size());
}

TrainerState Trainer::State() const {
  return {.steps_done = steps_done_,
          .skipped = skipped_,
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
  adam_.SetSteps(state.steps_done - state.skipped);
  steps_done_ = state.steps_done;
  skipped_ = state.skipped;
  pieces_.reset();
  return absl::OkStatus();
}

NamedTensors Trainer::Named(const std::vector<at::Tensor>& tensors) const {
  NamedTensors named = network_->Weights();
  for (size_t i = 0; i < named.size(); ++i) named[i].second = tensors[i];
  return named;
}

}  // namespace scoreserve
