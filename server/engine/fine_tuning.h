#ifndef SCORESERVE_SERVER_ENGINE_FINE_TUNING_H_
#define SCORESERVE_SERVER_ENGINE_FINE_TUNING_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "models/networks/workspace.h"
#include "models/objectives/conditioned_rows.h"
#include "models/objectives/objective.h"
#include "models/training/example_buffer.h"
#include "models/training/row_losses.h"
#include "models/training/trainer.h"
#include "server/engine/clock.h"
#include "server/engine/fine_tune.h"
#include "server/engine/fine_tune_memory.h"
#include "server/engine/fine_tune_plan.h"
#include "server/engine/model_snapshot.h"
#include "server/engine/paired_check.h"
#include "server/engine/quantum_task.h"

namespace scoreserve {

class FineTuning;

// A job at the end of a step, to be kept.
struct FineTuneCheckpoint {
  TrainerState state;
  std::string notes;  // JSON: seed, rows and batches so far.
};

// What a job has others do. Each returns at once, and is called with none of
// the job's locks held but that of the piece. Thread-safe.
class FineTuneHost {
 public:
  virtual ~FineTuneHost() = default;

  // The version that `alias` of the model points at.
  virtual absl::StatusOr<std::shared_ptr<const ModelSnapshot>> InService(
      const std::string& model, const std::string& alias) const = 0;
  virtual absl::StatusOr<std::shared_ptr<const ModelSnapshot>> Version(
      const std::string& model, int64_t version) const = 0;

  // Keeps it, then calls job->Saved() and offers the job again.
  virtual void Save(std::shared_ptr<FineTuning> job,
                    FineTuneCheckpoint checkpoint) = 0;
  // Makes it the version in service, unless that is no longer the one that it
  // was compared with; then calls job->Published().
  virtual void Publish(std::shared_ptr<FineTuning> job, NamedArrays weights,
                       const FineTuneComparison& comparison) = 0;
  // Moves the alias back from one version to the other, if it is still there.
  virtual void RollBack(std::shared_ptr<FineTuning> job, int64_t from,
                        int64_t to) = 0;
  // Keeps the job's memory as it is now.
  virtual void Remember(std::shared_ptr<FineTuning> job) = 0;
  // Tells who watches it.
  virtual void Changed(const FineTuning& job) = 0;
};

// A fine-tuning job as a state machine around a Trainer: rows arrive, quanta
// train on them, a gate compares what was learnt with what is served, and
// checkpoints are taken. A piece of it is a micro-batch, or the losses of as
// many held-out rows. Thread-safe; pieces by one thread at a time.
class FineTuning final : public QuantumTask,
                         public std::enable_shared_from_this<FineTuning> {
 public:
  struct Parts {
    std::string name;
    FineTunePlan plan;
    FineTuneMemory memory;
    std::unique_ptr<Trainer> trainer;  // Null once the job has ended.
    std::unique_ptr<ExampleBuffer> buffer;
    std::unique_ptr<const Objective> gate_objective;
    RowNoise noise;  // Of the trainer.
    TrainerOptions trainer_options;
    FineTuneHost* host = nullptr;  // Outlives the job.
    const Clock* clock = nullptr;
    size_t device = 0, place = 0;  // Of Engine::Offer().
  };
  explicit FineTuning(Parts parts);

  const std::string& name() const { return name_; }
  const FineTunePlan& plan() const { return plan_; }
  size_t device() const { return device_; }
  size_t place() const { return place_; }

  FineTuneMemory memory() const ABSL_LOCKS_EXCLUDED(mu_);
  FineTuneStatus status() const ABSL_LOCKS_EXCLUDED(mu_);
  FineTuneState state() const ABSL_LOCKS_EXCLUDED(mu_);

  // Rows that are durable, in model space, the next of the stream. Then, as
  // after each of the calls below, it has to be offered to the engine.
  void AddRows(ConditionedRows rows) ABSL_LOCKS_EXCLUDED(mu_);

  // As SetState() below.
  void MoveTo(FineTuneState state, const std::string& note)
      ABSL_LOCKS_EXCLUDED(mu_);

  // How what the host was asked for went.
  void Saved(int64_t step, const absl::Status& status) ABSL_LOCKS_EXCLUDED(mu_);
  void Published(const absl::StatusOr<PublishedVersion>& published)
      ABSL_LOCKS_EXCLUDED(mu_);
  // The alias was moved back from `version`, by the job or by hand.
  void RolledBack(int64_t version) ABSL_LOCKS_EXCLUDED(mu_);
  void StorageFailed(const absl::Status& status) ABSL_LOCKS_EXCLUDED(mu_);

  // Does no more pieces, from now on; the state where it has steps that no
  // checkpoint has. Waits for a piece that is being done.
  std::optional<FineTuneCheckpoint> Stop() ABSL_LOCKS_EXCLUDED(run_mu_, mu_);

  // Whether any of these rows of the stream can still matter to it. Waits for a
  // piece that is being done.
  std::vector<bool> Needs(
      const std::vector<std::pair<int64_t, int64_t>>& first_and_rows)
      ABSL_LOCKS_EXCLUDED(run_mu_, mu_);

  Instant RunPiece(Device& device) override ABSL_LOCKS_EXCLUDED(run_mu_, mu_);

 private:
  enum class CheckKind { kWatch, kGate };
  // How it is about to end.
  struct Ending {
    FineTuneState state = FineTuneState::kSucceeded;
    absl::Status error = {};
    std::string note = {};
  };

  Instant Piece() ABSL_EXCLUSIVE_LOCKS_REQUIRED(run_mu_);
  void TakeMail() ABSL_EXCLUSIVE_LOCKS_REQUIRED(run_mu_);

  // The gate.
  bool CheckDue(Instant now) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(run_mu_);
  void BeginChecks(Instant now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(run_mu_);
  void BeginGateCheck() ABSL_EXCLUSIVE_LOCKS_REQUIRED(run_mu_);
  void CheckPiece() ABSL_EXCLUSIVE_LOCKS_REQUIRED(run_mu_);
  void ConcludeWatch() ABSL_EXCLUSIVE_LOCKS_REQUIRED(run_mu_);
  void ConcludeGate() ABSL_EXCLUSIVE_LOCKS_REQUIRED(run_mu_);
  void NotPublished(const std::string& why) ABSL_LOCKS_EXCLUDED(mu_);

  // Training.
  void TrainPiece(Instant now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(run_mu_);
  void StepDone(Instant now, double loss)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(run_mu_);
  void StepFailed(const absl::Status& why)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(run_mu_);
  void SaveIfDue(Instant now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(run_mu_);
  FineTuneCheckpoint Checkpoint() ABSL_EXCLUSIVE_LOCKS_REQUIRED(run_mu_);
  Instant AwaitEnd(Instant now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(run_mu_);
  // The job ends so, once its last step is durable: it trains no more.
  void End(FineTuneState state, const absl::Status& error,
           const std::string& note) ABSL_EXCLUSIVE_LOCKS_REQUIRED(run_mu_);
  Instant EndOnceSaved(Instant now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(run_mu_);

  // Lets go of all that training and checks need: the job does neither again.
  void Release() ABSL_EXCLUSIVE_LOCKS_REQUIRED(run_mu_);

  // What it waits for; empty: nothing.
  void Note(const std::string& note) ABSL_LOCKS_EXCLUDED(mu_);
  void TellChange(Instant now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(run_mu_);
  int64_t PieceRows() const;

  const std::string name_;
  const FineTunePlan plan_;
  const TrainerOptions trainer_options_;
  FineTuneHost* const host_;
  const Clock* const clock_;
  const size_t device_, place_;
  const std::unique_ptr<const Objective> gate_objective_;
  const std::optional<RowLosses> gate_losses_;

  mutable absl::Mutex run_mu_;  // Before mu_. Held for as long as a piece.
  std::unique_ptr<Trainer> trainer_ ABSL_GUARDED_BY(run_mu_);
  std::unique_ptr<ExampleBuffer> buffer_ ABSL_GUARDED_BY(run_mu_);
  Workspace gate_workspace_ ABSL_GUARDED_BY(run_mu_);
  bool stopped_ ABSL_GUARDED_BY(run_mu_) = false;
  std::optional<Ending> ending_ ABSL_GUARDED_BY(run_mu_);

  std::optional<PairedCheck> check_ ABSL_GUARDED_BY(run_mu_);
  CheckKind check_kind_ ABSL_GUARDED_BY(run_mu_) = CheckKind::kGate;
  // What the check compares: held for as long, and no version longer.
  std::shared_ptr<const ModelSnapshot> in_service_ ABSL_GUARDED_BY(run_mu_);
  std::shared_ptr<const ModelSnapshot> predecessor_ ABSL_GUARDED_BY(run_mu_);
  std::optional<Instant> next_check_ ABSL_GUARDED_BY(run_mu_);
  int64_t checked_step_ ABSL_GUARDED_BY(run_mu_) = 0;

  std::optional<Instant> next_save_ ABSL_GUARDED_BY(run_mu_);
  int64_t saving_step_ ABSL_GUARDED_BY(run_mu_) = 0;  // What was saved last.
  // Steps at which batches began to see so many rows, since the last
  // checkpoint.
  std::vector<std::pair<int64_t, int64_t>> visible_
      ABSL_GUARDED_BY(run_mu_) = {};
  std::deque<int64_t> skipped_ ABSL_GUARDED_BY(run_mu_);  // The last steps.
  Instant rate_from_ ABSL_GUARDED_BY(run_mu_);
  int64_t rate_step_ ABSL_GUARDED_BY(run_mu_) = 0;
  Instant told_ ABSL_GUARDED_BY(run_mu_) = Instant::min();

  mutable absl::Mutex mu_;
  FineTuneMemory memory_ ABSL_GUARDED_BY(mu_);
  std::vector<ConditionedRows> arrived_ ABSL_GUARDED_BY(mu_);
  bool saving_ ABSL_GUARDED_BY(mu_) = false;
  bool publishing_ ABSL_GUARDED_BY(mu_) = false;
};

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_ENGINE_FINE_TUNING_H_
