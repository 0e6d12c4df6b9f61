#include <iostream>
#include <memory>
#include <string>
#include <utility>

#include "client/cmd/commands.h"
#include "client/cmd/connection.h"
#include "client/cmd/json.h"
#include "client/cmd/outcome.h"
#include "scoreserve/client.h"

namespace scoreserve::ctl {
namespace {

struct Options {
  ConnectionOptions connection;
  std::string model;
  std::string to;
};

// What the client says of its own disk carries no details of a server's.
absl::Status Explained(absl::Status status) {
  const bool here =
      DetailsOf(status).reason.empty() && !absl::IsUnavailable(status) &&
      !absl::IsDeadlineExceeded(status) && !absl::IsUnimplemented(status);
  return here ? FileError(std::move(status)) : status;
}

absl::Status Run(const Options& options) {
  const absl::StatusOr<ModelRef> ref = ParseModelRef(options.model);
  if (!ref.ok()) return UsageError(ref.status().message());
  const absl::StatusOr<std::unique_ptr<Client>> client =
      Connect(options.connection);
  if (!client.ok()) return client.status();
  const absl::StatusOr<DownloadedVersion> pulled =
      (*client)->DownloadVersion(*ref, options.to);
  if (!pulled.ok()) return Explained(pulled.status());
  if (options.connection.json()) {
    PrintJson({{"name", pulled->model},
               {"version", pulled->version},
               {"folder", pulled->folder},
               {"bytes", pulled->bytes}});
    return absl::OkStatus();
  }
  std::cout << pulled->model << "@" << pulled->version << " is in "
            << pulled->folder << " (" << pulled->bytes << " bytes)\n";
  return absl::OkStatus();
}

}  // namespace

void AddPullCommand(CLI::App& app, absl::Status* outcome) {
  CLI::App* command =
      app.add_subcommand("pull", "Fetch the files of a version");
  auto options = std::make_shared<Options>();
  command
      ->add_option("MODEL", options->model, "NAME, NAME@VERSION or NAME@ALIAS")
      ->required();
  command
      ->add_option("--to", options->to,
                   "Folder of models: the files come to FOLDER/NAME/VERSION")
      ->type_name("FOLDER")
      ->required();
  AddConnectionOptions(*command, options->connection);
  command->footer(
      "Every file is checked by its SHA-256, and the version appears whole or "
      "not at\n"
      "all, so FOLDER may be the --repository of a server that is running.\n\n"
      "Examples:\n"
      "  scorectl pull digits --to models\n"
      "  scorectl pull digits@canary --to /srv/models --server "
      "10.0.0.5:7860\n");
  command->callback([options, outcome] { *outcome = Run(*options); });
}

}  // namespace scoreserve::ctl
