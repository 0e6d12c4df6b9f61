#include <iostream>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "client/cmd/commands.h"
#include "client/cmd/connection.h"
#include "client/cmd/fine_tune_text.h"
#include "scoreserve/client.h"

namespace scoreserve::ctl {
namespace {

struct Options {
  ConnectionOptions connection;
  std::string job;
};

using Change = absl::StatusOr<FineTune> (*)(Client&, const std::string& name);

absl::Status Run(const Options& options, Change change) {
  const absl::StatusOr<std::string> name = JobName(options.job);
  if (!name.ok()) return name.status();
  const absl::StatusOr<std::unique_ptr<Client>> client =
      Connect(options.connection);
  if (!client.ok()) return client.status();
  const absl::StatusOr<FineTune> job = change(**client, *name);
  if (!job.ok()) return job.status();
  if (options.connection.json()) {
    PrintJson(FineTuneJson(*job));
  } else {
    std::cout << ShortJobName(job->name) << " is " << StateText(job->state)
              << " at step " << job->step << "\n";
  }
  return absl::OkStatus();
}

absl::Status RunDelete(const Options& options) {
  const absl::StatusOr<std::string> name = JobName(options.job);
  if (!name.ok()) return name.status();
  const absl::StatusOr<std::unique_ptr<Client>> client =
      Connect(options.connection);
  if (!client.ok()) return client.status();
  absl::Status deleted = (*client)->DeleteFineTune(*name);
  if (!deleted.ok()) return deleted;
  if (options.connection.json()) {
    PrintJson({{"deleted", *name}});
  } else {
    std::cout << ShortJobName(*name) << " is deleted, and its rows erased\n";
  }
  return absl::OkStatus();
}

// A command that takes a job, with options of its own.
CLI::App* AddCommand(CLI::App& app, const std::string& name,
                     const std::string& help, const char* more,
                     const std::shared_ptr<Options>& options) {
  CLI::App* command = app.add_subcommand(name, help);
  command
      ->add_option("JOB", options->job, "MODEL/ID or models/MODEL/fineTunes/ID")
      ->required();
  AddConnectionOptions(*command, options->connection);
  command->footer(absl::StrCat(more, "\n\nExample:\n  scorectl ", name,
                               " digits/negatives\n"));
  return command;
}

void AddChange(CLI::App& app, const std::string& name, const std::string& help,
               const char* more, Change change, absl::Status* outcome) {
  auto options = std::make_shared<Options>();
  AddCommand(app, name, help, more, options)
      ->callback(
          [options, change, outcome] { *outcome = Run(*options, change); });
}

}  // namespace

void AddJobChangeCommands(CLI::App& app, absl::Status* outcome) {
  AddChange(
      app, "pause", "Pause a fine-tuning job",
      "Training stops; rows are still taken.",
      [](Client& client, const std::string& name) {
        return client.PauseFineTune(name);
      },
      outcome);
  AddChange(
      app, "resume", "Let a paused fine-tuning job go on",
      "It goes on with the next step, as if it had not been paused.",
      [](Client& client, const std::string& name) {
        return client.ResumeFineTune(name);
      },
      outcome);
  AddChange(
      app, "cancel", "End a fine-tuning job",
      "What it has published stays; it can be looked at until it is deleted.",
      [](Client& client, const std::string& name) {
        return client.CancelFineTune(name);
      },
      outcome);
  auto options = std::make_shared<Options>();
  AddCommand(app, "delete", "End a fine-tuning job and erase its rows",
             "Versions that it has published stay.", options)
      ->callback([options, outcome] { *outcome = RunDelete(*options); });
}

}  // namespace scoreserve::ctl
