#include "models/cmd/progress.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace scoreserve {

Progress::Progress(std::FILE* out, bool terminal, absl::Duration interval,
                   int64_t total_steps, absl::Time start)
    : out_(out),
      terminal_(terminal),
      interval_(terminal ? absl::Milliseconds(200) : interval),
      total_steps_(total_steps),
      start_(start),
      next_(start + interval_) {}

void Progress::Update(int64_t steps, double loss, double hold_out_loss,
                      absl::Time now) {
  if (now < next_) return;
  next_ = now + interval_;
  const std::string line =
      ProgressLine(steps, total_steps_, now - start_, loss, hold_out_loss);
  // \033[K clears what a longer line has left.
  std::fprintf(out_, terminal_ ? "\r%s\033[K" : "%s\n", line.c_str());
  std::fflush(out_);
  line_open_ = terminal_;
}

void Progress::Finish() {
  if (line_open_) std::fprintf(out_, "\n");
  line_open_ = false;
}

std::string ProgressLine(int64_t steps, int64_t total_steps,
                         absl::Duration elapsed, double loss,
                         double hold_out_loss) {
  const double seconds = std::max(1e-9, absl::ToDoubleSeconds(elapsed));
  const double rate = static_cast<double>(steps) / seconds;
  const double left =
      static_cast<double>(total_steps - steps) / std::max(rate, 1e-9);
  std::string line = absl::StrFormat(
      "step %d/%d (%d %%), %.3g steps/s, %s left, loss %.4g", steps,
      total_steps, 100 * steps / std::max<int64_t>(1, total_steps), rate,
      absl::FormatDuration(absl::Seconds(std::ceil(left))), loss);
  if (!std::isnan(hold_out_loss)) {
    absl::StrAppendFormat(&line, ", hold-out %.4g", hold_out_loss);
  }
  return line;
}

}  // namespace scoreserve
