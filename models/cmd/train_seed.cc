#include "models/cmd/train_seed.h"

#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "models/cmd/progress.h"

namespace scoreserve {
namespace {

class SeedRun {
 public:
  SeedRun(const TrainingRun& run, uint64_t seed, TrainingControl& control,
          std::unique_ptr<Trainer> trainer)
      : run_(run),
        control_(control),
        seed_(seed),
        prefix_(run.seeds > 1 ? absl::StrCat("seed ", seed, ": ") : ""),
        trainer_(std::move(trainer)) {}

  absl::StatusOr<SeedOutcome> Train() {
    if (absl::Status begun = Begin(); !begun.ok()) return begun;
    const int64_t steps = run_.options.steps;
    // As if training had begun that long ago in this call.
    start_ = absl::Now() - absl::Seconds(record_.seconds);
    absl::Time next_save = absl::Now() + control_.checkpoint_every;
    Progress progress(stderr, isatty(STDERR_FILENO) != 0, control_.log_every,
                      steps, start_);
    while (trainer_->steps_done() < steps) {
      if (control_.stop || control_.steps_left == 0) {
        progress.Finish();
        return Stopped();
      }
      absl::StatusOr<double> loss = trainer_->Step(run_.training);
      if (!loss.ok()) {
        progress.Finish();
        return InSeed(loss.status());
      }
      --control_.steps_left;
      Record(*loss);
      const absl::Time now = absl::Now();
      progress.Update(trainer_->steps_done(), record_.Loss(), record_.HoldOut(),
                      now);
      if (control_.checkpoint != nullptr && now >= next_save) {
        next_save = now + control_.checkpoint_every;
        if (absl::Status saved = Save(); !saved.ok()) Warn(progress, saved);
      }
    }
    progress.Finish();
    if (absl::Status saved = Save(); !saved.ok()) Warn(progress, saved);
    return SeedOutcome{.seed = seed_,
                       .record = std::move(record_),
                       .weights = trainer_->EmaWeights()};
  }

 private:
  absl::Status Begin() {
    std::optional<TrainingRecord> record;
    if (control_.checkpoint != nullptr) {
      record = control_.checkpoint->Record(seed_);
    }
    if (!record.has_value()) {
      if (!prefix_.empty()) std::fprintf(stderr, "%sbegins\n", prefix_.c_str());
      record_.first_hold_out = run_.HoldOutLoss(*trainer_);
      return absl::OkStatus();
    }
    const absl::StatusOr<TrainerState> state =
        control_.checkpoint->ReadState(seed_);
    if (!state.ok()) return state.status();
    if (absl::Status taken = trainer_->Restore(*state); !taken.ok()) {
      return taken;
    }
    record_ = *std::move(record);
    std::fprintf(stderr, "%sresumed at step %lld of %lld\n", prefix_.c_str(),
                 static_cast<long long>(trainer_->steps_done()),
                 static_cast<long long>(run_.options.steps));
    return absl::OkStatus();
  }

  // Takes the loss of the step that was just done into the record.
  void Record(double loss) {
    constexpr int64_t kCurvePoints = 50;
    const int64_t step = trainer_->steps_done(), steps = run_.options.steps;
    const int64_t every = std::max<int64_t>(1, steps / kCurvePoints);
    record_.loss_sum += loss;
    ++record_.losses;
    if (step % every != 0 && step != steps) return;
    record_.curve.push_back({.step = step,
                             .loss = record_.Loss(),
                             .hold_out = run_.HoldOutLoss(*trainer_)});
    record_.loss_sum = 0.0;
    record_.losses = 0;
  }

  absl::Status Save() {
    record_.seconds = absl::ToDoubleSeconds(absl::Now() - start_);
    if (control_.checkpoint == nullptr) return absl::OkStatus();
    return control_.checkpoint->Save(seed_, trainer_->State(), record_);
  }

  absl::Status Stopped() {
    const std::string where =
        absl::StrCat(prefix_, "stopped after step ", trainer_->steps_done(),
                     " of ", run_.options.steps);
    if (control_.checkpoint == nullptr) {
      return absl::CancelledError(absl::StrCat(
          where, "; nothing is written (--checkpoint FOLDER would keep it)"));
    }
    if (absl::Status saved = Save(); !saved.ok()) return saved;
    return absl::CancelledError(
        absl::StrCat(where, "; the same command goes on from there (",
                     control_.checkpoint->folder(), ")"));
  }

  // Training is worth more than one checkpoint.
  void Warn(Progress& progress, const absl::Status& status) {
    progress.Finish();
    const std::string message(status.message());
    std::fprintf(stderr, "%sno checkpoint, training goes on: %s\n",
                 prefix_.c_str(), message.c_str());
  }

  absl::Status InSeed(const absl::Status& status) const {
    if (prefix_.empty()) return status;
    return absl::Status(status.code(), absl::StrCat(prefix_, status.message()));
  }

  const TrainingRun& run_;
  TrainingControl& control_;
  const uint64_t seed_;
  const std::string prefix_;  // Of lines, where there are more seeds than one.
  const std::unique_ptr<Trainer> trainer_;
  TrainingRecord record_;
  absl::Time start_;
};

}  // namespace

absl::StatusOr<SeedOutcome> TrainSeed(const TrainingRun& run, uint64_t seed,
                                      TrainingControl& control) {
  absl::StatusOr<std::unique_ptr<Trainer>> trainer = run.NewTrainer(seed);
  if (!trainer.ok()) return trainer.status();
  return SeedRun(run, seed, control, *std::move(trainer)).Train();
}

}  // namespace scoreserve
