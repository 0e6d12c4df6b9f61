#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/cmd/commands.h"
#include "client/cmd/connection.h"
#include "client/cmd/describe.h"
#include "client/cmd/json.h"
#include "client/cmd/outcome.h"
#include "client/cmd/text_table.h"
#include "scoreserve/client.h"

namespace scoreserve::ctl {
namespace {

struct Options {
  ConnectionOptions connection;
  std::string model;
};

absl::Status PrintAll(Client& client, bool json) {
  const absl::StatusOr<std::vector<ModelInfo>> models = client.ListModels();
  if (!models.ok()) return models.status();
  if (json) {
    Json list = Json::array();
    for (const ModelInfo& model : *models) list.push_back(ModelJson(model));
    PrintJson({{"models", std::move(list)}});
    return absl::OkStatus();
  }
  std::vector<std::vector<std::string>> lines = {
      {"MODEL", "NETWORK", "PARAMETERS", "SHAPE", "LABEL", "DESCRIPTION"}};
  for (const ModelInfo& model : *models) {
    lines.push_back(
        {VersionText(model), model.network, absl::StrCat(model.num_parameters),
         ShapeText(model.data.shape), LabelText(model), model.description});
  }
  std::cout << TextTable(lines);
  return absl::OkStatus();
}

absl::Status PrintOne(Client& client, const std::string& name, bool json) {
  const absl::StatusOr<ModelRef> ref = ParseModelRef(name);
  if (!ref.ok()) return UsageError(ref.status().message());
  const absl::StatusOr<ModelInfo> model = client.GetModel(*ref);
  if (!model.ok()) return model.status();
  if (json) {
    PrintJson(ModelJson(*model));
    return absl::OkStatus();
  }
  const DataInfo& data = model->data;
  std::vector<std::vector<std::string>> lines = {
      {"model", VersionText(*model)},
      {"description", model->description},
      {"aliases", AliasesText(*model)},
      {"versions", absl::StrJoin(model->versions, ", ")},
      {"network", absl::StrCat(model->network, ", ", model->num_parameters,
                               " parameters")},
      {"label", LabelText(*model)},
      {"data",
       absl::StrCat("shape ", ShapeText(data.shape), ", model space is (x - ",
                    data.offset, ") / ", data.scale)}};
  if (data.min.has_value() && data.max.has_value()) {
    lines.push_back({"range", absl::StrCat(*data.min, " to ", *data.max)});
  }
  lines.push_back(
      {"rows", absl::StrCat("at most ", model->max_rows, " a request")});
  if (model->classes > 0) {
    lines.push_back({"classes", absl::StrCat("0 to ", model->classes - 1)});
  }
  if (model->has_energy) lines.push_back({"energy", "yes"});
  if (model->canary_share > 0.0) {
    lines.push_back(
        {"canary share", absl::StrCat(model->canary_share, " of the callers")});
  }
  if (model->keep.has_value()) {
    lines.push_back({"keeps", absl::StrCat("the newest ", *model->keep)});
  }
  if (model->generation > 0) {
    lines.push_back({"generation", absl::StrCat(model->generation)});
  }
  for (const RefusedVersionInfo& refused : model->refused) {
    lines.push_back({absl::StrCat("refused ", refused.version), refused.why});
  }
  std::cout << TextTable(lines);
  return absl::OkStatus();
}

absl::Status Run(const Options& options) {
  const absl::StatusOr<std::unique_ptr<Client>> client =
      Connect(options.connection);
  if (!client.ok()) return client.status();
  const bool json = options.connection.json();
  return options.model.empty() ? PrintAll(**client, json)
                               : PrintOne(**client, options.model, json);
}

}  // namespace

void AddModelsCommand(CLI::App& app, absl::Status* outcome) {
  CLI::App* command = app.add_subcommand(
      "models", "List the models that are served, or show one");
  auto options = std::make_shared<Options>();
  command->add_option("NAME", options->model,
                      "Show this one: NAME, NAME@VERSION or NAME@ALIAS");
  AddConnectionOptions(*command, options->connection);
  command->footer(
      "Examples:\n"
      "  scorectl models\n"
      "  scorectl models digits@1\n"
      "  scorectl models --server 10.0.0.5:7860 --format json\n");
  command->callback([options, outcome] { *outcome = Run(*options); });
}

}  // namespace scoreserve::ctl
