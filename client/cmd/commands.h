// The commands of scorectl. Each function makes `app` know one: running it sets
// `*outcome`, which outlives `app`.

#ifndef SCORESERVE_CLIENT_CMD_COMMANDS_H_
#define SCORESERVE_CLIENT_CMD_COMMANDS_H_

#include "CLI/CLI.hpp"
#include "absl/status/status.h"

namespace scoreserve::ctl {

// pause, resume, cancel and delete.
void AddJobChangeCommands(CLI::App& app, absl::Status* outcome);
void AddJobsCommand(CLI::App& app, absl::Status* outcome);
void AddModelsCommand(CLI::App& app, absl::Status* outcome);
void AddObjectivesCommand(CLI::App& app, absl::Status* outcome);
void AddPromoteCommand(CLI::App& app, absl::Status* outcome);
void AddPullCommand(CLI::App& app, absl::Status* outcome);
void AddRollbackCommand(CLI::App& app, absl::Status* outcome);
void AddSampleCommand(CLI::App& app, absl::Status* outcome);
void AddSamplersCommand(CLI::App& app, absl::Status* outcome);
void AddScoreCommand(CLI::App& app, absl::Status* outcome);
void AddStatusCommand(CLI::App& app, absl::Status* outcome);
void AddTuneCommand(CLI::App& app, absl::Status* outcome);

}  // namespace scoreserve::ctl

#endif  // SCORESERVE_CLIENT_CMD_COMMANDS_H_
