#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/cmd/commands.h"
#include "client/cmd/connection.h"
#include "client/cmd/fine_tune_text.h"
#include "client/cmd/text_table.h"
#include "scoreserve/client.h"

namespace scoreserve::ctl {
namespace {

struct Options {
  ConnectionOptions connection;
  std::string which;
};

std::vector<std::string> LineOf(const FineTune& job) {
  return {ShortJobName(job.name),
          StateText(job.state),
          job.spec.steps > 0 ? absl::StrCat(job.step, "/", job.spec.steps)
                             : absl::StrCat(job.step),
          job.loss.has_value() ? absl::StrFormat("%.4g", *job.loss) : "-",
          job.last_check.has_value()
              ? absl::StrFormat("%.4g", job.last_check->hold_out)
              : "-",
          absl::StrCat(job.rows),
          job.published.empty()
              ? "-"
              : absl::StrCat(job.published.back().version,
                             job.published.back().rolled_back ? " (back)" : ""),
          job.error.ok() ? job.note : std::string(job.error.message())};
}

absl::Status PrintList(Client& client, const std::string& model, bool json) {
  const absl::StatusOr<std::vector<FineTune>> jobs =
      client.ListFineTunes(model);
  if (!jobs.ok()) return jobs.status();
  if (json) {
    Json list = Json::array();
    for (const FineTune& job : *jobs) list.push_back(FineTuneJson(job));
    PrintJson({{"jobs", std::move(list)}});
    return absl::OkStatus();
  }
  std::vector<std::vector<std::string>> lines = {{"JOB", "STATE", "STEP",
                                                  "LOSS", "HOLD-OUT", "ROWS",
                                                  "PUBLISHED", "NOTE"}};
  for (const FineTune& job : *jobs) lines.push_back(LineOf(job));
  std::cout << TextTable(lines);
  return absl::OkStatus();
}

absl::Status Run(const Options& options) {
  // A job's name has a slash, a model's has none.
  const bool one = absl::StrContains(options.which, '/');
  std::string name;
  if (one) {
    const absl::StatusOr<std::string> whole = JobName(options.which);
    if (!whole.ok()) return whole.status();
    name = *whole;
  }
  const absl::StatusOr<std::unique_ptr<Client>> client =
      Connect(options.connection);
  if (!client.ok()) return client.status();
  const bool json = options.connection.json();
  if (!one) return PrintList(**client, options.which, json);
  const absl::StatusOr<FineTune> job = (*client)->GetFineTune(name);
  if (!job.ok()) return job.status();
  if (json) {
    PrintJson(FineTuneJson(*job));
  } else {
    std::cout << DetailText(*job);
  }
  return absl::OkStatus();
}

}  // namespace

void AddJobsCommand(CLI::App& app, absl::Status* outcome) {
  CLI::App* command =
      app.add_subcommand("jobs", "List fine-tuning jobs, or show one");
  auto options = std::make_shared<Options>();
  command->add_option("MODEL|JOB", options->which,
                      "The jobs of this model, or this one: MODEL/ID");
  AddConnectionOptions(*command, options->connection);
  command->footer(
      "Examples:\n"
      "  scorectl jobs\n"
      "  scorectl jobs digits\n"
      "  scorectl jobs digits/negatives --format json\n");
  command->callback([options, outcome] { *outcome = Run(*options); });
}

}  // namespace scoreserve::ctl
