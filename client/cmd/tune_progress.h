#ifndef SCORESERVE_CLIENT_CMD_TUNE_PROGRESS_H_
#define SCORESERVE_CLIENT_CMD_TUNE_PROGRESS_H_

#include <cstddef>
#include <cstdint>
#include <ostream>
#include <string>

#include "absl/time/time.h"
#include "client/cmd/progress.h"
#include "scoreserve/fine_tuning.h"

namespace scoreserve::ctl {

// "loss 1.25  hold-out 0.75 (0.5 ± 0.1 better)  812/s  rows 1797", and what it
// waits for.
std::string TuneNote(const FineTune& job);

// Shows how far a job is: on a terminal one line that is drawn again, with a
// bar where the job has a last step; elsewhere a line each tenth of the way, or
// every ten seconds. What it publishes and rolls back has lines of its own.
// Thread-compatible.
class TuneProgress {
 public:
  // `out` outlives this. `begin` is when the work began.
  TuneProgress(std::ostream& out, bool terminal, absl::Time begin);

  void Show(const FineTune& job, absl::Time now);

  // A line of its own.
  void Say(const std::string& line);

  // Leaves the terminal's cursor on a line of its own.
  void End();

 private:
  void ShowVersions(const FineTune& job);
  void ShowStep(const FineTune& job, absl::Time now);

  std::ostream& out_;
  const bool terminal_;
  ProgressLine bar_;
  absl::Time shown_ = absl::InfinitePast();
  bool open_ = false;  // The cursor stands behind a line without a bar.
  // Of published versions, the newest that was told and the newest known to be
  // rolled back.
  int64_t told_ = 0, rolled_back_ = 0;
};

}  // namespace scoreserve::ctl

#endif  // SCORESERVE_CLIENT_CMD_TUNE_PROGRESS_H_
