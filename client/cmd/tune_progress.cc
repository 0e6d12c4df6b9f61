#include "client/cmd/tune_progress.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/cmd/fine_tune_text.h"

namespace scoreserve::ctl {

std::string TuneNote(const FineTune& job) {
  std::string text;
  const auto add = [&text](const std::string& part) {
    absl::StrAppend(&text, text.empty() ? "" : "  ", part);
  };
  if (job.loss.has_value()) add(absl::StrFormat("loss %.4g", *job.loss));
  if (job.last_check.has_value()) {
    const GateCheck& check = *job.last_check;
    add(absl::StrFormat("hold-out %.4g (%.2g \u00b1 %.1g %s)", check.hold_out,
                        std::abs(check.improvement), check.standard_error,
                        check.improvement < 0.0 ? "worse" : "better"));
  }
  if (job.steps_per_second > 0.0) {
    add(absl::StrFormat("%.0f/s", job.steps_per_second));
  }
  add(absl::StrCat("rows ", job.rows));
  if (job.state == FineTuneState::kPaused) {
    add(absl::StrCat("paused", job.note.empty() ? "" : ": ", job.note));
  } else if (!job.note.empty()) {
    add(job.note);
  }
  return text;
}

TuneProgress::TuneProgress(std::ostream& out, bool terminal, absl::Time begin)
    : out_(out), terminal_(terminal), bar_(out, terminal, begin) {}

void TuneProgress::Show(const FineTune& job, absl::Time now) {
  ShowVersions(job);
  ShowStep(job, now);
}

void TuneProgress::ShowVersions(const FineTune& job) {
  for (const PublishedVersion& version : job.published) {
    if (version.version > told_) {
      told_ = version.version;
      Say(absl::StrCat("published ", PublishedText(version)));
      if (version.rolled_back) rolled_back_ = version.version;
    } else if (version.rolled_back && version.version > rolled_back_) {
      rolled_back_ = version.version;
      Say(absl::StrCat("version ", version.version, " was rolled back"));
    }
  }
}

void TuneProgress::ShowStep(const FineTune& job, absl::Time now) {
  const std::string note = TuneNote(job);
  if (job.spec.steps > 0) {
    bar_.Show(std::min(job.step, job.spec.steps), job.spec.steps, now, note);
    return;
  }
  const absl::Duration pause =
      terminal_ ? absl::Milliseconds(100) : absl::Seconds(10);
  if (now - shown_ < pause) return;
  shown_ = now;
  const std::string text = absl::StrCat("step ", job.step, "  ", note);
  if (terminal_) {
    out_ << "\r\x1b[K" << text << std::flush;
    open_ = true;
  } else {
    out_ << text << "\n" << std::flush;
  }
}

void TuneProgress::Say(const std::string& line) {
  End();
  out_ << line << "\n" << std::flush;
}

void TuneProgress::End() {
  bar_.End();
  if (open_) out_ << "\n" << std::flush;
  open_ = false;
}

}  // namespace scoreserve::ctl
