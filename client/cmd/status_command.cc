#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "client/cmd/commands.h"
#include "client/cmd/connection.h"
#include "client/cmd/describe.h"
#include "client/cmd/json.h"
#include "client/cmd/text_table.h"
#include "scoreserve/client.h"

namespace scoreserve::ctl {
namespace {

// How long the server takes to say that it is there, once connected.
absl::StatusOr<absl::Duration> RoundTrip(Client& client) {
  const absl::Time begin = absl::Now();
  const absl::StatusOr<bool> serving = client.Serving();
  if (!serving.ok()) return serving.status();
  if (!*serving)
    return absl::UnavailableError("the server takes no requests now");
  return absl::Now() - begin;
}

absl::Status Run(const ConnectionOptions& options) {
  const absl::StatusOr<std::unique_ptr<Client>> client = Connect(options);
  if (!client.ok()) return client.status();
  absl::StatusOr<absl::Duration> round_trip = RoundTrip(**client);  // Connects.
  if (round_trip.ok()) round_trip = RoundTrip(**client);
  if (!round_trip.ok()) return round_trip.status();
  const absl::StatusOr<std::vector<ModelInfo>> models = (*client)->ListModels();
  if (!models.ok()) return models.status();

  if (options.json()) {
    Json list = Json::array();
    for (const ModelInfo& model : *models) list.push_back(VersionText(model));
    PrintJson({{"server", options.server},
               {"serving", true},
               {"round_trip_seconds", absl::ToDoubleSeconds(*round_trip)},
               {"models", std::move(list)}});
    return absl::OkStatus();
  }
  std::vector<std::vector<std::string>> lines = {
      {"server", options.server},
      {"state", "serving"},
      {"round trip",
       absl::StrCat(absl::ToDoubleMicroseconds(*round_trip) / 1000.0, " ms")},
      {"models", absl::StrCat(models->size())}};
  for (const ModelInfo& model : *models) {
    lines.push_back({"", VersionText(model)});
    for (const RefusedVersionInfo& refused : model.refused) {
      lines.push_back({"", absl::StrCat(model.name, "@", refused.version,
                                        " refused: ", refused.why)});
    }
  }
  std::cout << TextTable(lines);
  return absl::OkStatus();
}

}  // namespace

void AddStatusCommand(CLI::App& app, absl::Status* outcome) {
  CLI::App* command = app.add_subcommand(
      "status",
      "Ask whether the server takes requests, and what it has loaded");
  auto options = std::make_shared<ConnectionOptions>();
  AddConnectionOptions(*command, *options);
  command->footer(
      "Exits with 3 where no server answers or it takes no requests.\n\n"
      "Examples:\n"
      "  scorectl status\n"
      "  scorectl status --server 10.0.0.5:7860 --timeout 2 && echo up\n");
  command->callback([options, outcome] { *outcome = Run(*options); });
}

}  // namespace scoreserve::ctl
