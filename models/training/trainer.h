// Training as a resumable state and one step: the loop is the caller's, offline
// (scoretrain) and online (fine-tuning in quanta) alike.

#ifndef SCORESERVE_MODELS_TRAINING_TRAINER_H_
#define SCORESERVE_MODELS_TRAINING_TRAINER_H_

#include <cstdint>
#include <memory>
#include <optional>
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
#include "models/training/adam.h"
#include "models/training/row_noise.h"
#include "models/training/trainer_options.h"
#include "models/training/trainer_state.h"

namespace scoreserve {

// A network of float32 weights in training. Everything random follows from the
// seed, and the same seed gives the same weights bit for bit, on one LibTorch
// build, processor and number of threads. Thread-compatible; may be used in
// inference mode.
//
// A step is done in one go, or in pieces of `micro_batch` rows between which
// the caller may do other things. Its gradient is in any case that of the whole
// batch's mean loss, the pieces' gradients added up in their order. What a row
// draws does not depend on the pieces; the last bits of the sum do.
class Trainer {
 public:
  // From fresh weights drawn from `seed`, or from `start`, as LoadNetwork()
  // takes them. INVALID_ARGUMENT where the network cannot be had or is
  // not trainable, as Objective::CheckNetwork(), or as LoadNetwork().
  static absl::StatusOr<std::unique_ptr<Trainer>> New(
      const ModelConfig& config, std::unique_ptr<const Objective> objective,
      const TrainerOptions& options, uint64_t seed,
      const NamedArrays* start = nullptr);

  // Has it compute on `device`, with the same draws; rows may lie where they
  // like. Not within a step. As MoveTo() of networks/placement.h, but where
  // there is no room it stays where it is.
  absl::Status MoveTo(at::Device device);

  // One step on a batch of `rows`, at least one: which of them, and what noise,
  // follow from the seed, steps_done() and their number alone. Returns the
  // batch's mean loss before the step. OUT_OF_RANGE, NUMERIC_DIVERGENCE, naming
  // the step, where the loss or its gradient is not finite; the weights are
  // then left as they were.
  //
  // A step that Advance() has begun is finished instead, on the rows of then.
  absl::StatusOr<double> Step(const ConditionedRows& rows);

  // One piece of a step: of the next one, whose batch is then gathered from
  // `rows`, or of the one in progress, which needs `rows` no more, so that they
  // may change meanwhile. Returns the batch's mean loss before the step once
  // the last piece has moved the weights, else nothing. As Step(); what fails
  // forgets the pieces, and the same step begins anew unless it is skipped.
  absl::StatusOr<std::optional<double>> Advance(const ConditionedRows& rows);

  // Counts a step that failed as done: forgets its pieces and leaves weights,
  // averages and Adam as they are, and the next draws other rows and noise.
  void Skip();

  // The averaged weights' mean loss over `rows`, always with the same draws,
  // four a row (row_losses.h), and with noise as in training. `draws` is a seed
  // of their own, for trainers of several seeds to be compared on the same
  // ones.
  double HoldOutLoss(const ConditionedRows& rows) {
    // Another seed than training's: never noise that the weights have seen.
    return HoldOutLoss(rows, ~seed_);
  }
  double HoldOutLoss(const ConditionedRows& rows, uint64_t draws);

  // A copy of all that the next steps depend on. Within a step it is the state
  // before that.
  TrainerState State() const;

  // Goes on from `state`, of a trainer made of the same config, objective,
  // options and seed, bit for bit as that would have. INVALID_ARGUMENT naming
  // the array where one is not of this network; nothing has then changed. The
  // pieces of a step in progress are forgotten.
  absl::Status Restore(const TrainerState& state);

  // Steps that were done or skipped: the number of the next, or of the one in
  // progress.
  int64_t steps_done() const { return steps_done_; }
  int64_t skipped() const { return skipped_; }

  // The network with the averaged weights: what is served. Valid as long as the
  // trainer; written at the end of a step.
  const ScoreNetwork& averaged() const { return *averaged_; }

  // A copy of its weights, as they are saved.
  NamedArrays EmaWeights() const { return SaveWeights(*averaged_); }

 private:
  // A step in progress.
  struct Pieces {
    ConditionedRows batch;  // As it was gathered, without noise.
    int64_t rows_done = 0;
    // Over the rows that are done; of the batch's mean loss.
    double loss = 0.0;
    std::vector<at::Tensor> gradients = {};
  };

  Trainer(std::unique_ptr<ScoreNetwork> network,
          std::unique_ptr<ScoreNetwork> averaged,
          std::unique_ptr<const Objective> objective, const RowNoise& noise,
          const TrainerOptions& options, uint64_t seed);

  ConditionedRows Batch(const ConditionedRows& rows) const;
  absl::Status AddPiece(Pieces& pieces);
  absl::Status Clip(std::vector<at::Tensor>& gradients) const;
  void Average();
  // Tensors in the weights' order, by the weights' names.
  NamedTensors Named(const std::vector<at::Tensor>& tensors) const;

  std::unique_ptr<ScoreNetwork> network_;
  std::unique_ptr<ScoreNetwork> averaged_;
  std::unique_ptr<const Objective> objective_;
  RowNoise noise_;
  TrainerOptions options_;
  uint64_t seed_;
  at::Device device_ = at::kCPU;
  std::vector<at::Tensor> weights_, averaged_weights_;
  Adam adam_;
  Workspace training_workspace_, hold_out_workspace_;
  int64_t steps_done_ = 0, skipped_ = 0;
  std::optional<Pieces> pieces_;
};

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_TRAINING_TRAINER_H_
