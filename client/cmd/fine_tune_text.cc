#include "client/cmd/fine_tune_text.h"

#include <cmath>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "client/cmd/outcome.h"
#include "client/cmd/set_option.h"
#include "client/cmd/text_table.h"

namespace scoreserve::ctl {
namespace {

std::string TimeText(absl::Time time) {
  return absl::FormatTime("%Y-%m-%d %H:%M:%S", time, absl::LocalTimeZone());
}

// The objective and its options: "sliced variance_reduced=true".
std::string ObjectiveText(const std::string& name,
                          const OptionValues& options) {
  std::string text = name;
  for (const auto& [option, value] : options) {
    absl::StrAppend(&text, " ", option, "=", OptionText(value));
  }
  return text;
}

std::string BaseText(const FineTune& job) {
  return job.base_version > 0
             ? absl::StrCat(job.spec.base.name, "@", job.base_version)
             : job.spec.base.name;
}

std::string StepsText(const FineTune& job) {
  std::string text = absl::StrCat(job.step);
  if (job.spec.steps > 0) absl::StrAppend(&text, " of ", job.spec.steps);
  if (job.steps_per_second > 0.0) {
    absl::StrAppendFormat(&text, ", %.0f/s", job.steps_per_second);
  }
  if (job.skipped_steps > 0) {
    absl::StrAppend(&text, ", ", job.skipped_steps, " skipped");
  }
  return text;
}

Json CheckJson(const std::optional<GateCheck>& check) {
  if (!check.has_value()) return Json();
  return {{"step", check->step},
          {"rows", check->rows},
          {"hold_out", check->hold_out},
          {"improvement", check->improvement},
          {"standard_error", check->standard_error},
          {"reference_version", check->reference_version}};
}

std::string JsonTime(absl::Time time) {
  return absl::FormatTime(absl::RFC3339_full, time, absl::UTCTimeZone());
}

Json SpecJson(const FineTuneSpec& spec) {
  return {
      {"alias", spec.alias},
      {"objective", spec.objective},
      {"objective_options", OptionValuesJson(spec.objective_options)},
      {"trainer_options", OptionValuesJson(spec.trainer_options)},
      {"seed", spec.seed},
      {"steps", spec.steps},
      {"buffer", spec.policy == BufferPolicy::kWindow ? "window" : "reservoir"},
      {"capacity", spec.capacity},
      {"min_rows", spec.min_rows},
      {"hold_out_share", spec.hold_out_share},
      {"gate_objective", spec.gate_objective},
      {"gate_objective_options", OptionValuesJson(spec.gate_objective_options)},
      {"publish_interval", absl::ToDoubleSeconds(spec.publish_interval)},
      {"checkpoint_interval", absl::ToDoubleSeconds(spec.checkpoint_interval)},
      {"max_rows", spec.max_rows},
      {"max_bytes", spec.max_bytes}};
}

}  // namespace

absl::StatusOr<std::string> JobName(const std::string& text) {
  const std::vector<std::string> parts = absl::StrSplit(text, '/');
  const bool whole = parts.size() == 4 && parts[0] == "models" &&
                     parts[2] == "fineTunes" && !parts[1].empty() &&
                     !parts[3].empty();
  if (whole) return text;
  if (parts.size() == 2 && !parts[0].empty() && !parts[1].empty()) {
    return FineTuneName(parts[0], parts[1]);
  }
  return UsageError(absl::StrCat(
      "a job is MODEL/ID or models/MODEL/fineTunes/ID; was '", text, "'"));
}

std::string ShortJobName(const std::string& name) {
  const std::vector<std::string> parts = absl::StrSplit(name, '/');
  return parts.size() == 4 ? absl::StrCat(parts[1], "/", parts[3]) : name;
}

std::string StateText(FineTuneState state) {
  switch (state) {
    case FineTuneState::kUnknown:
      return "unknown";
    case FineTuneState::kRunning:
      return "running";
    case FineTuneState::kPaused:
      return "paused";
    case FineTuneState::kSucceeded:
      return "succeeded";
    case FineTuneState::kCancelled:
      return "cancelled";
    case FineTuneState::kFailed:
      return "failed";
  }
  return "unknown";
}

std::string CheckText(const GateCheck& check) {
  return absl::StrFormat("%.4g, %.3g \u00b1 %.2g %s than version %d on %d rows",
                         check.hold_out, std::abs(check.improvement),
                         check.standard_error,
                         check.improvement < 0.0 ? "worse" : "better",
                         check.reference_version, check.rows);
}

std::string PublishedText(const PublishedVersion& version) {
  return absl::StrCat("version ", version.version, " at step ",
                      version.check.step, ": hold-out ",
                      CheckText(version.check),
                      version.rolled_back ? "; rolled back" : "");
}

std::string SummaryText(const FineTune& job) {
  std::string text =
      absl::StrCat(ShortJobName(job.name), " ", StateText(job.state), " after ",
                   job.step, " steps on ", job.rows, " rows\n");
  for (const PublishedVersion& version : job.published) {
    absl::StrAppend(&text, "published ", PublishedText(version), "\n");
  }
  if (job.published.empty()) {
    absl::StrAppend(&text, "nothing was published",
                    job.not_published.empty() ? "" : ": ", job.not_published,
                    "\n");
  }
  return text;
}

std::string DetailText(const FineTune& job) {
  std::vector<std::vector<std::string>> lines = {
      {"job", job.name},
      {"state", absl::StrCat(StateText(job.state), job.note.empty() ? "" : ": ",
                             job.note)}};
  const auto add = [&lines](const std::string& name, const std::string& text) {
    if (!text.empty()) lines.push_back({name, text});
  };
  add("error", job.error.ok() ? "" : ErrorLine(job.error));
  add("base", BaseText(job));
  add("alias", job.spec.alias);
  add("objective",
      ObjectiveText(job.spec.objective, job.spec.objective_options));
  add("gate",
      ObjectiveText(job.spec.gate_objective, job.spec.gate_objective_options));
  add("trainer", ObjectiveText("", job.spec.trainer_options));
  add("seed", absl::StrCat(job.spec.seed));
  add("steps", StepsText(job));
  add("loss", job.loss.has_value() ? absl::StrCat(*job.loss) : "");
  add("rows",
      absl::StrCat(job.rows, ", ", job.hold_out_rows, " of them held out; ",
                   job.training_rows, " in training"));
  add("checkpoint", absl::StrCat("step ", job.checkpoint_step));
  if (job.first_check.has_value()) {
    add("first check", CheckText(*job.first_check));
  }
  if (job.last_check.has_value()) add("last check", CheckText(*job.last_check));
  add("not published", job.not_published);
  for (const PublishedVersion& version : job.published) {
    add("published", PublishedText(version));
  }
  add("created", TimeText(job.created));
  if (job.ended.has_value()) add("ended", TimeText(*job.ended));
  return TextTable(lines);
}

Json FineTuneJson(const FineTune& job) {
  Json published = Json::array();
  for (const PublishedVersion& version : job.published) {
    published.push_back({{"version", version.version},
                         {"time", JsonTime(version.time)},
                         {"check", CheckJson(version.check)},
                         {"rolled_back", version.rolled_back}});
  }
  return {
      {"name", job.name},
      {"model", job.spec.base.name},
      {"base_version", job.base_version},
      {"spec", SpecJson(job.spec)},
      {"state", StateText(job.state)},
      {"error", std::string(job.error.message())},
      {"note", job.note},
      {"created", JsonTime(job.created)},
      {"updated", JsonTime(job.updated)},
      {"ended", job.ended.has_value() ? Json(JsonTime(*job.ended)) : Json()},
      {"step", job.step},
      {"loss", job.loss.has_value() ? Json(*job.loss) : Json()},
      {"steps_per_second", job.steps_per_second},
      {"skipped_steps", job.skipped_steps},
      {"rows", job.rows},
      {"hold_out_rows", job.hold_out_rows},
      {"training_rows", job.training_rows},
      {"checkpoint_step", job.checkpoint_step},
      {"first_check", CheckJson(job.first_check)},
      {"last_check", CheckJson(job.last_check)},
      {"not_published", job.not_published},
      {"published", std::move(published)}};
}

}  // namespace scoreserve::ctl
