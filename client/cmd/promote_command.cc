#include <memory>
#include <string>

#include "client/cmd/commands.h"
#include "client/cmd/connection.h"
#include "client/cmd/move_alias.h"
#include "client/cmd/outcome.h"
#include "scoreserve/client.h"

namespace scoreserve::ctl {
namespace {

struct Options {
  ConnectionOptions connection;
  std::string model;
  std::string alias = "stable";
};

absl::Status Run(const Options& options) {
  const absl::StatusOr<ModelRef> ref = ParseModelRef(options.model);
  if (!ref.ok()) return UsageError(ref.status().message());
  if (!ref->version.has_value() && !ref->alias.has_value()) {
    return UsageError("MODEL must be NAME@VERSION or NAME@ALIAS");
  }
  const absl::StatusOr<std::unique_ptr<Client>> client =
      Connect(options.connection);
  if (!client.ok()) return client.status();
  const absl::StatusOr<ModelInfo> model = (*client)->GetModel(*ref);
  if (!model.ok()) return model.status();
  return MoveAlias(**client, *model, options.alias, model->version,
                   options.connection.json());
}

}  // namespace

void AddPromoteCommand(CLI::App& app, absl::Status* outcome) {
  CLI::App* command = app.add_subcommand(
      "promote", "Put a version in service: point an alias at it");
  auto options = std::make_shared<Options>();
  command
      ->add_option(
          "MODEL", options->model,
          "The version: NAME@VERSION, or NAME@ALIAS as 'digits@canary'")
      ->required();
  command->add_option("--alias", options->alias, "The alias to point at it")
      ->capture_default_str();
  AddConnectionOptions(*command, options->connection);
  command->footer(
      "Requests that name no version get 'stable'. Those that are running end "
      "on\n"
      "the version that they began with.\n\n"
      "Examples:\n"
      "  scorectl promote digits@4\n"
      "  scorectl promote digits@canary\n"
      "  scorectl promote digits@5 --alias canary\n");
  command->callback([options, outcome] { *outcome = Run(*options); });
}

}  // namespace scoreserve::ctl
