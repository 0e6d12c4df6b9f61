#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/cmd/commands.h"
#include "client/cmd/connection.h"
#include "client/cmd/find_objective.h"
#include "client/cmd/json.h"
#include "client/cmd/set_option.h"
#include "client/cmd/text_table.h"
#include "scoreserve/client.h"

namespace scoreserve::ctl {
namespace {

struct Options {
  ConnectionOptions connection;
  std::string objective;
};

Json ObjectiveJson(const ObjectiveInfo& objective) {
  return {{"name", objective.name},
          {"help", objective.help},
          {"options", OptionInfosJson(objective.options)}};
}

void PrintAll(const ObjectiveList& list) {
  std::vector<std::vector<std::string>> lines;
  for (const ObjectiveInfo& objective : list.objectives) {
    lines.push_back({objective.name, objective.help});
  }
  std::cout << TextTable(lines)
            << "\nOptions of the trainer, each by --set OPTION=VALUE:\n"
            << OptionLines(list.trainer_options)
            << "\n'scorectl objectives NAME' has the options of one.\n";
}

absl::Status Run(const Options& options) {
  const absl::StatusOr<std::unique_ptr<Client>> client =
      Connect(options.connection);
  if (!client.ok()) return client.status();
  absl::StatusOr<ObjectiveList> list = (*client)->ListObjectives();
  if (!list.ok()) return list.status();
  if (!options.objective.empty()) {
    const absl::StatusOr<ObjectiveInfo> one =
        FindObjective(list->objectives, options.objective);
    if (!one.ok()) return one.status();
    list->objectives.assign(1, *one);
  }
  if (options.connection.json()) {
    Json objectives = Json::array();
    for (const ObjectiveInfo& objective : list->objectives) {
      objectives.push_back(ObjectiveJson(objective));
    }
    PrintJson({{"objectives", std::move(objectives)},
               {"trainer_options", OptionInfosJson(list->trainer_options)}});
  } else if (options.objective.empty()) {
    PrintAll(*list);
  } else {
    const ObjectiveInfo& one = list->objectives.front();
    std::cout << one.name << ": " << one.help
              << "\n\nOptions, each by --objective-set OPTION=VALUE:\n"
              << OptionLines(one.options);
  }
  return absl::OkStatus();
}

}  // namespace

void AddObjectivesCommand(CLI::App& app, absl::Status* outcome) {
  CLI::App* command = app.add_subcommand(
      "objectives",
      "Show what models can be tuned by, or the options of one objective");
  auto options = std::make_shared<Options>();
  command->add_option("NAME", options->objective, "Show only this one");
  AddConnectionOptions(*command, options->connection);
  command->footer(
      "Examples:\n"
      "  scorectl objectives\n"
      "  scorectl objectives sliced\n");
  command->callback([options, outcome] { *outcome = Run(*options); });
}

}  // namespace scoreserve::ctl
