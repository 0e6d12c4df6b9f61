#ifndef SCORESERVE_CLIENT_CMD_PROGRESS_H_
#define SCORESERVE_CLIENT_CMD_PROGRESS_H_

#include <cstdint>
#include <ostream>
#include <string>

#include "absl/time/time.h"

namespace scoreserve::ctl {

// "[#####---------------]  25%  250/1000 steps  812/s  0.9 s left". Requires
// 0 ≤ step ≤ num_steps and num_steps ≥ 1.
std::string ProgressText(int64_t step, int64_t num_steps,
                         absl::Duration elapsed);

// Shows how far a sampler is: on a terminal one line that is drawn again, at
// most ten times a second; elsewhere a line each tenth of the way.
// Thread-compatible.
class ProgressLine {
 public:
  // `out` outlives this. `begin` is when the work began.
  ProgressLine(std::ostream& out, bool terminal, absl::Time begin);

  // `note` is put behind the text.
  void Show(int64_t step, int64_t num_steps, absl::Time now,
            const std::string& note = "");

  // Leaves the terminal's cursor on a line of its own.
  void End();

 private:
  std::ostream& out_;
  const bool terminal_;
  const absl::Time begin_;
  absl::Time shown_ = absl::InfinitePast();
  int64_t tenths_ = 0;  // Of the way, that have been told.
  bool open_ = false;   // The cursor stands behind a line.
};

}  // namespace scoreserve::ctl

#endif  // SCORESERVE_CLIENT_CMD_PROGRESS_H_
