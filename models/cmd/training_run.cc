#include "models/cmd/training_run.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdio>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "models/cmd/progress.h"

namespace scoreserve {

absl::StatusOr<TrainingOutcome> RunTraining(TrainingRun& run, double log_every,
                                            const std::atomic<bool>& stop) {
  constexpr int64_t kCurvePoints = 50;
  TrainingOutcome outcome;
  const bool held_out = run.hold_out.size() > 0;
  const int64_t steps = run.options.steps;
  const int64_t every = std::max<int64_t>(1, steps / kCurvePoints);
  if (held_out) outcome.first_hold_out = run.trainer->HoldOutLoss(run.hold_out);
  double hold_out_loss = outcome.first_hold_out;

  const absl::Time start = absl::Now();
  Progress progress(stderr, isatty(STDERR_FILENO) != 0,
                    absl::Seconds(log_every), steps, start);
  double sum = 0.0;
  int64_t summed = 0;
  for (int64_t step = 1; step <= steps; ++step) {
    absl::StatusOr<double> loss = run.trainer->Step(run.training);
    if (!loss.ok() || stop) progress.Finish();
    if (!loss.ok()) return loss.status();
    if (stop) {
      return absl::CancelledError(absl::StrCat("interrupted after step ", step,
                                               "; nothing is written"));
    }
    sum += *loss;
    ++summed;
    const double mean = sum / static_cast<double>(summed);
    if (step % every == 0 || step == steps) {
      if (held_out) hold_out_loss = run.trainer->HoldOutLoss(run.hold_out);
      outcome.curve.push_back(
          {.step = step, .loss = mean, .hold_out = hold_out_loss});
      sum = 0.0;
      summed = 0;
    }
    progress.Update(step, mean, hold_out_loss, absl::Now());
  }
  progress.Finish();
  outcome.elapsed = absl::Now() - start;
  return outcome;
}

}  // namespace scoreserve
