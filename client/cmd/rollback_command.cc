#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
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
  std::optional<int64_t> to;
};

// The newest loaded version below `version`; 0 where there is none.
int64_t NewestBelow(const ModelInfo& model, int64_t version) {
  int64_t newest = 0;
  for (const int64_t loaded : model.versions) {
    if (loaded < version) newest = loaded;  // They ascend.
  }
  return newest;
}

absl::Status Run(const Options& options) {
  const absl::StatusOr<ModelRef> ref = ParseModelRef(options.model);
  if (!ref.ok()) return UsageError(ref.status().message());
  if (ref->version.has_value() || ref->alias.has_value()) {
    return UsageError(
        "MODEL must be a name alone; --to has the version to go back to");
  }
  const absl::StatusOr<std::unique_ptr<Client>> client =
      Connect(options.connection);
  if (!client.ok()) return client.status();
  const absl::StatusOr<ModelInfo> model = (*client)->GetModel(*ref);
  if (!model.ok()) return model.status();
  const int64_t now = InService(*model, options.alias);
  const int64_t to = options.to.value_or(NewestBelow(*model, now));
  if (to == 0) {
    return absl::FailedPreconditionError(
        absl::StrCat("there is no version of '", model->name, "' below ", now,
                     ", which is in service"));
  }
  return MoveAlias(**client, *model, options.alias, to,
                   options.connection.json());
}

}  // namespace

void AddRollbackCommand(CLI::App& app, absl::Status* outcome) {
  CLI::App* command =
      app.add_subcommand("rollback", "Put the version before back in service");
  auto options = std::make_shared<Options>();
  command->add_option("MODEL", options->model, "The model's name")->required();
  command
      ->add_option(
          "--to", options->to,
          "The version to go back to; without it the newest loaded one "
          "below the one in service")
      ->check(CLI::PositiveNumber);
  command->add_option("--alias", options->alias, "The alias to move")
      ->capture_default_str();
  AddConnectionOptions(*command, options->connection);
  command->footer(
      "Pauses the model's fine-tunes, so that none publishes again what was "
      "taken\n"
      "back.\n\n"
      "Examples:\n"
      "  scorectl rollback digits\n"
      "  scorectl rollback digits --to 2\n");
  command->callback([options, outcome] { *outcome = Run(*options); });
}

}  // namespace scoreserve::ctl
