#ifndef SCORESERVE_MODELS_CMD_PROGRESS_H_
#define SCORESERVE_MODELS_CMD_PROGRESS_H_

#include <cstdint>
#include <cstdio>
#include <string>

#include "absl/time/time.h"

namespace scoreserve {

// The line that says how far training is. On a terminal it is written over
// itself, a few times a second; into a file a new one every `interval`.
// Thread-compatible. Clocks are passed in.
class Progress {
 public:
  Progress(std::FILE* out, bool terminal, absl::Duration interval,
           int64_t total_steps, absl::Time start);

  // Steps done and the newest losses; the hold-out loss is NaN where there is
  // none. Writes if it is time.
  void Update(int64_t steps, double loss, double hold_out_loss, absl::Time now);

  // Ends the line that a terminal shows.
  void Finish();

 private:
  std::FILE* out_;
  bool terminal_;
  absl::Duration interval_;
  int64_t total_steps_;
  absl::Time start_, next_;
  bool line_open_ = false;
};

// "step 1200/5000 (24 %), 81 steps/s, 47 s left, loss 14.31, hold-out 14.52"
std::string ProgressLine(int64_t steps, int64_t total_steps,
                         absl::Duration elapsed, double loss,
                         double hold_out_loss);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_CMD_PROGRESS_H_
