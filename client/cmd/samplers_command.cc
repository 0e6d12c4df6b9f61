#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/cmd/commands.h"
#include "client/cmd/connection.h"
#include "client/cmd/find_sampler.h"
#include "client/cmd/json.h"
#include "client/cmd/sampler_example.h"
#include "client/cmd/set_option.h"
#include "client/cmd/text_table.h"
#include "scoreserve/client.h"

namespace scoreserve::ctl {
namespace {

struct Options {
  ConnectionOptions connection;
  std::string sampler;
};

// Options, models and an example.
void PrintSampler(const SamplerInfo& sampler) {
  std::cout << sampler.name << ": " << sampler.help
            << "\n\nOptions, each by --set OPTION=VALUE:\n";
  std::cout << OptionLines(sampler.options);
  const std::string command = ExampleCommand(sampler);
  if (command.empty()) {
    std::cout << "\nNo served model suits it.\n";
    return;
  }
  const auto append_model = [](std::string* out,
                               const SamplerExample& example) {
    out->append(example.model);
  };
  std::cout << "\nRuns on: "
            << absl::StrJoin(sampler.examples, ", ", append_model)
            << "\n\nExample:\n  " << command << "\n";
}

void PrintList(const std::vector<SamplerInfo>& samplers) {
  std::vector<std::vector<std::string>> lines;
  for (const SamplerInfo& sampler : samplers) {
    lines.push_back({sampler.name, sampler.help});
  }
  std::cout << TextTable(lines)
            << "\n'scorectl samplers NAME' has the options of one, and an "
               "example.\n";
}

absl::Status Run(const Options& options) {
  const absl::StatusOr<std::unique_ptr<Client>> client =
      Connect(options.connection);
  if (!client.ok()) return client.status();
  absl::StatusOr<std::vector<SamplerInfo>> samplers = (*client)->ListSamplers();
  if (!samplers.ok()) return samplers.status();
  if (!options.sampler.empty()) {
    const absl::StatusOr<SamplerInfo> one =
        FindSampler(*samplers, options.sampler);
    if (!one.ok()) return one.status();
    samplers->assign(1, *one);
  }
  if (options.connection.json()) {
    Json list = Json::array();
    for (const SamplerInfo& sampler : *samplers) {
      list.push_back(SamplerJson(sampler));
    }
    PrintJson({{"samplers", std::move(list)}});
  } else if (options.sampler.empty()) {
    PrintList(*samplers);
  } else {
    PrintSampler(samplers->front());
  }
  return absl::OkStatus();
}

}  // namespace

void AddSamplersCommand(CLI::App& app, absl::Status* outcome) {
  CLI::App* command = app.add_subcommand(
      "samplers", "Show the samplers, or the options of one and an example");
  auto options = std::make_shared<Options>();
  command->add_option("NAME", options->sampler, "Show only this one");
  AddConnectionOptions(*command, options->connection);
  command->footer(
      "Examples:\n"
      "  scorectl samplers\n"
      "  scorectl samplers annealed_langevin\n"
      "  scorectl samplers --format json\n");
  command->callback([options, outcome] { *outcome = Run(*options); });
}

}  // namespace scoreserve::ctl
