// The part of a job that trains.

#include <bit>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "models/io/json_text.h"
#include "server/engine/fine_tuning.h"

namespace scoreserve {
namespace {

// So many steps of so many that are not finite end a job.
constexpr int64_t kMostSkipped = 10, kSkippedAmong = 1000;

}  // namespace

void FineTuning::TrainPiece(Instant now) {
  const int64_t step = trainer_->steps_done();
  if (visible_.empty() || visible_.back().second != buffer_->visible())
    visible_.emplace_back(step, buffer_->visible());
  const absl::StatusOr<std::optional<double>> loss =
      trainer_->Advance(buffer_->training());
  if (!loss.ok()) {
    StepFailed(loss.status());
  } else if (loss->has_value()) {
    StepDone(now, **loss);
  }
}

void FineTuning::StepDone(Instant now, double loss) {
  const int64_t step = trainer_->steps_done();
  const double seconds = SecondsBetween(rate_from_, now);
  {
    absl::MutexLock lock(&mu_);
    FineTuneStatus& status = memory_.status;
    status.step = step;
    status.loss = loss;
    status.note.clear();
    if (seconds >= 1.0) {
      status.steps_per_second =
          static_cast<double>(step - rate_step_) / seconds;
    }
  }
  if (seconds >= 1.0) {
    rate_from_ = now;
    rate_step_ = step;
  }
  SaveIfDue(now);
  TellChange(now);
}

void FineTuning::StepFailed(const absl::Status& why) {
  const int64_t step = trainer_->steps_done();
  trainer_->Skip();
  skipped_.push_back(step);
  while (skipped_.front() <= step - kSkippedAmong) skipped_.pop_front();
  {
    absl::MutexLock lock(&mu_);
    ++memory_.status.skipped_steps;
    memory_.status.step = trainer_->steps_done();
  }
  if (static_cast<int64_t>(skipped_.size()) >= kMostSkipped) {
    End(FineTuneState::kFailed, why,
        absl::StrCat(kMostSkipped, " of the last ", kSkippedAmong,
                     " steps were not finite"));
  }
}

void FineTuning::SaveIfDue(Instant now) {
  const auto interval =
      absl::ToChronoNanoseconds(plan_.spec.checkpoint_interval);
  if (!next_save_.has_value()) next_save_ = now + interval;
  if (now < *next_save_) return;
  {
    absl::MutexLock lock(&mu_);
    if (saving_) return;
  }
  next_save_ = now + interval;
  FineTuneCheckpoint checkpoint = Checkpoint();
  {
    absl::MutexLock lock(&mu_);
    saving_ = true;
  }
  host_->Save(shared_from_this(), std::move(checkpoint));
}

FineTuneCheckpoint FineTuning::Checkpoint() {
  JsonArray visible;
  for (const auto& [step, rows] : visible_)
    visible.push_back(Json{JsonArray{Json{step}, Json{rows}}});
  // The next begins with what batches see at its first step.
  visible_.clear();
  saving_step_ = trainer_->steps_done();
  return {
      .state = trainer_->State(),
      .notes = JsonText(Json{JsonObject{
          {"seed", Json{std::bit_cast<int64_t>(plan_.spec.seed)}},
          {"optimizer", Json{std::string("adam")}},
          {"rows", Json{buffer_->offsets()}},
          {"visible", Json{std::move(visible)}},
      }}),
  };
}

}  // namespace scoreserve
