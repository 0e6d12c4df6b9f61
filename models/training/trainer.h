// Training as a resumable state and one step: the loop is the caller's, offline
// (scoretrain) and online (fine-tuning in quanta) alike.

#ifndef SCORESERVE_MODELS_TRAINING_TRAINER_H_
#define SCORESERVE_MODELS_TRAINING_TRAINER_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "ATen/core/Tensor.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "models/io/model_config.h"
#include "models/networks/named_tensors.h"
#include "models/networks/score_network.h"
#include "models/networks/workspace.h"
#include "models/objectives/conditioned_rows.h"
#include "models/objectives/objective.h"
#include "models/options.h"
#include "models/training/adam.h"
#include "models/training/trainer_state.h"

namespace scoreserve {

struct TrainerOptions {
  int64_t batch = 256;
  double learning_rate = 1e-3;
  int64_t warm_up = 100;  // Steps over which the learning rate rises from 0.
  int64_t steps = 5000;   // Length of the cosine to 1 %; 0 keeps the rate.
  double gradient_clip = 1.0;  // Largest norm of the gradient; 0 does not clip.
  double ema = 0.999;  // Decay of the averaged weights; 0 averages nothing.
};

const OptionTable<TrainerOptions>& TrainerOptionTable();

// The learning rate of step `step`, counted from 0: linear warm-up, then a
// cosine to 1 % at options.steps, where it stays.
double LearningRate(const TrainerOptions& options, int64_t step);

// The decay of the averaged weights at step `step`: min(ema, (1 + k) / (10 +
// k)), so that a young average is not held by where the weights began.
double EmaDecay(const TrainerOptions& options, int64_t step);

// A network of float32 weights in training. Everything random follows from the
// seed, and the same seed gives the same weights bit for bit, on one LibTorch
// build, processor and number of threads. Thread-compatible; may be used in
// inference mode.
class Trainer {
 public:
  // From fresh weights drawn from `seed`, or from `start`, as LoadNetwork()
  // takes them. INVALID_ARGUMENT where the network cannot be had or is not
  // trainable, as Objective::CheckNetwork(), or as LoadNetwork().
  static absl::StatusOr<std::unique_ptr<Trainer>> New(
      const ModelConfig& config, std::unique_ptr<const Objective> objective,
      const TrainerOptions& options, uint64_t seed,
      const NamedArrays* start = nullptr);

  // One step on a batch of `rows`, at least one: which of them, and what noise,
  // follow from the seed, steps_done() and their number alone. Returns the
  // batch's mean loss before the step. OUT_OF_RANGE, NUMERIC_DIVERGENCE, naming
  // the step, where the loss or its gradient is not finite; the weights are
  // then left as they were.
  absl::StatusOr<double> Step(const ConditionedRows& rows);

  // The averaged weights' mean loss over `rows`, always with the same draws,
  // four a row. `draws` is a seed of their own, for trainers of several seeds
  // to be compared on the same ones.
  double HoldOutLoss(const ConditionedRows& rows) {
    // Another seed than training's: never noise that the weights have seen.
    return HoldOutLoss(rows, ~seed_);
  }
  double HoldOutLoss(const ConditionedRows& rows, uint64_t draws);

  // A copy of all that the next steps depend on.
  TrainerState State() const;

  // Goes on from `state`, of a trainer made of the same config, objective,
  // options and seed, bit for bit as that would have. INVALID_ARGUMENT naming
  // the array where one is not of this network; nothing has then changed.
  absl::Status Restore(const TrainerState& state);

  int64_t steps_done() const { return steps_done_; }

  // The network with the averaged weights: what is served. Valid as long as the
  // trainer; written by Step().
  const ScoreNetwork& averaged() const { return *averaged_; }

  // A copy of its weights, as they are saved.
  NamedArrays EmaWeights() const { return SaveWeights(*averaged_); }

 private:
  Trainer(std::unique_ptr<ScoreNetwork> network,
          std::unique_ptr<ScoreNetwork> averaged,
          std::unique_ptr<const Objective> objective,
          const TrainerOptions& options, uint64_t seed);

  ConditionedRows Batch(const ConditionedRows& rows) const;
  // The gradients, clipped; the loss in `loss`.
  absl::StatusOr<std::vector<at::Tensor>> Gradients(
      const ConditionedRows& batch, double& loss);
  void Average();
  // Tensors in the weights' order, by the weights' names.
  NamedTensors Named(const std::vector<at::Tensor>& tensors) const;

  std::unique_ptr<ScoreNetwork> network_;
  std::unique_ptr<ScoreNetwork> averaged_;
  std::unique_ptr<const Objective> objective_;
  TrainerOptions options_;
  uint64_t seed_;
  std::vector<at::Tensor> weights_, averaged_weights_;
  Adam adam_;
  Workspace training_workspace_, hold_out_workspace_;
  int64_t steps_done_ = 0;
};

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_TRAINING_TRAINER_H_
