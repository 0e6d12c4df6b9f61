#include "models/cmd/process_arguments.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_join.h"
#include "models/option_text.h"
#include "models/processes/noise_process.h"
#include "models/status.h"

namespace scoreserve {
namespace {

std::string Names() {
  return absl::StrJoin(ProcessKinds(), ", ",
                       [](std::string* out, const ProcessKind& kind) {
                         out->append(kind.name);
                       });
}

}  // namespace

void ProcessArguments::AddTo(CLI::App& app, const std::string& group) {
  app.add_option("--process", name_,
                 "Labels are times of this noise process: " + Names() +
                     " [they are noise levels]")
      ->group(group);
  app.add_option("--process-set", settings_,
                 "name=value, an option of the process")
      ->take_all()
      ->group(group);
}

absl::StatusOr<std::optional<ProcessConfig>> ProcessArguments::Parse() const {
  if (name_.empty()) {
    if (settings_.empty()) return std::nullopt;
    return InvalidField("process", "given where process-set is", "absent");
  }
  absl::StatusOr<OptionValues> options =
      ParseOptionSettings("process-set", settings_);
  if (!options.ok()) return options.status();
  ProcessConfig process = {.name = name_, .options = *std::move(options)};
  for (const ProcessKind& kind : ProcessKinds()) {
    if (kind.name != name_) continue;
    for (const OptionDescription& option : kind.options) {
      process.options.emplace(option.name, option.default_value);
    }
  }
  const auto made = NewProcess(process);
  if (!made.ok()) return made.status();
  return process;
}

}  // namespace scoreserve
