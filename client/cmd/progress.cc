#include "client/cmd/progress.h"

#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace scoreserve::ctl {
namespace {

constexpr int kBarWidth = 20;

}  // namespace

std::string ProgressText(int64_t step, int64_t num_steps,
                         absl::Duration elapsed) {
  const double part =
      static_cast<double>(step) / static_cast<double>(num_steps);
  const int full = static_cast<int>(std::floor(part * kBarWidth));
  std::string text = absl::StrFormat(
      "[%s%s] %3d%%  %d/%d steps", std::string(full, '#'),
      std::string(kBarWidth - full, '-'),
      static_cast<int>(std::floor(part * 100)), step, num_steps);
  const double seconds = absl::ToDoubleSeconds(elapsed);
  if (step == 0 || seconds <= 0.0) return text;
  const double rate = static_cast<double>(step) / seconds;
  absl::StrAppendFormat(&text, "  %.0f/s", rate);
  if (step < num_steps) {
    absl::StrAppendFormat(&text, "  %.1f s left",
                          static_cast<double>(num_steps - step) / rate);
  } else {
    absl::StrAppendFormat(&text, "  %.1f s", seconds);
  }
  return text;
}

ProgressLine::ProgressLine(std::ostream& out, bool terminal, absl::Time begin)
    : out_(out), terminal_(terminal), begin_(begin) {}

void ProgressLine::Show(int64_t step, int64_t num_steps, absl::Time now,
                        const std::string& note) {
  const bool last = step == num_steps;
  const int64_t tenths = step * 10 / num_steps;
  const bool due = terminal_ ? last || now - shown_ >= absl::Milliseconds(100)
                             : tenths > tenths_;
  if (!due) return;
  shown_ = now;
  tenths_ = tenths;
  std::string text = ProgressText(step, num_steps, now - begin_);
  if (!note.empty()) absl::StrAppend(&text, "  ", note);
  if (terminal_) {
    out_ << "\r\x1b[K" << text
         << std::flush;  // From the line's start, cleared.
    open_ = true;
  } else {
    out_ << text << "\n" << std::flush;
  }
}

void ProgressLine::End() {
  if (open_) out_ << "\n" << std::flush;
  open_ = false;
}

}  // namespace scoreserve::ctl
