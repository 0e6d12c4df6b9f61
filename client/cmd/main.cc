// scorectl: asks a scoreserve server from the command line.

#include <algorithm>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/cmd/argument_order.h"
#include "client/cmd/commands.h"
#include "client/cmd/did_you_mean.h"
#include "client/cmd/outcome.h"

namespace scoreserve::ctl {
namespace {

std::vector<std::string> CommandNames(CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands(nullptr)) {
    names.push_back(command->get_name());
  }
  return names;
}

std::vector<std::string> OptionNames(CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames())
      names.push_back("--" + name);
  }
  return names;
}

// What is wrong with the command line, in one sentence.
std::string Explain(CLI::App& app, const CLI::ParseError& error) {
  const std::vector<CLI::App*> commands = app.get_subcommands();
  if (commands.empty()) {
    return absl::StrCat("a command is missing; there are: ",
                        absl::StrJoin(CommandNames(app), ", "));
  }
  // An unknown option first: it may be why another one seems to be missing.
  for (const std::string& word : commands[0]->remaining()) {
    if (word.rfind("--", 0) != 0) continue;
    const std::string name = word.substr(0, word.find('='));
    return absl::StrCat("'", commands[0]->get_name(), "' has no option '", name,
                        "'", DidYouMean(name, OptionNames(*commands[0])));
  }
  return error.what();
}

absl::Status Parse(CLI::App& app, std::vector<std::string> arguments) {
  arguments = CommandFirst(app, std::move(arguments));
  const std::vector<std::string> commands = CommandNames(app);
  const std::string first = arguments.empty() ? "-" : arguments[0];
  if (first[0] != '-' &&
      std::find(commands.begin(), commands.end(), first) == commands.end()) {
    return UsageError(absl::StrCat("there is no command '", first, "'",
                                   DidYouMean(first, commands)));
  }
  try {
    std::reverse(arguments.begin(), arguments.end());  // As parse() takes them.
    app.parse(std::move(arguments));
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) {
      app.exit(error);  // Prints what --help or --version asked for.
      return absl::OkStatus();
    }
    return UsageError(
        absl::StrCat(Explain(app, error), " ('scorectl --help' says more)"));
  }
  return absl::OkStatus();
}

int Main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  CLI::App app(
      "Asks a scoreserve server for scores, samples and models, and tunes "
      "them.",
      "scorectl");
  absl::Status outcome;
  AddStatusCommand(app, &outcome);
  AddModelsCommand(app, &outcome);
  AddScoreCommand(app, &outcome);
  AddSamplersCommand(app, &outcome);
  AddSampleCommand(app, &outcome);
  AddObjectivesCommand(app, &outcome);
  AddTuneCommand(app, &outcome);
  AddJobsCommand(app, &outcome);
  AddJobChangeCommands(app, &outcome);
  AddPromoteCommand(app, &outcome);
  AddRollbackCommand(app, &outcome);
  AddPullCommand(app, &outcome);
  app.require_subcommand(1);
  app.set_version_flag("--version", SCORESERVE_VERSION);
  app.footer(
      absl::StrCat("'scorectl COMMAND --help' has the options and examples of "
                   "a command.\n\n",
                   std::string(ExitCodeHelp())));

  const absl::Status parsed = Parse(app, {argv + 1, argv + argc});
  if (!parsed.ok()) outcome = parsed;
  if (!outcome.ok()) std::cerr << "scorectl: " << ErrorLine(outcome) << "\n";
  return static_cast<int>(ExitCodeOf(outcome));
}

}  // namespace
}  // namespace scoreserve::ctl

int main(int argc, char** argv) { return scoreserve::ctl::Main(argc, argv); }
