#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/cmd/commands.h"
#include "client/cmd/connection.h"
#include "client/cmd/find_sampler.h"
#include "client/cmd/json.h"
#include "client/cmd/set_option.h"
#include "client/cmd/text_table.h"
#include "scoreserve/client.h"

namespace scoreserve::ctl {
namespace {

struct Options {
  ConnectionOptions connection;
  std::string sampler;
};

void PrintTable(const SamplerInfo& sampler) {
  std::cout << sampler.name << ": " << sampler.help << "\n";
  std::vector<std::vector<std::string>> lines;
  for (const OptionInfo& option : sampler.options) {
    lines.push_back({absl::StrCat("  ", option.name),
                     option.default_value.has_value()
                         ? absl::StrCat("= ", OptionText(*option.default_value))
                         : "required",
                     option.rule.empty()
                         ? option.type
                         : absl::StrCat(option.type, ", ", option.rule),
                     option.help});
  }
  std::cout << TextTable(lines);
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
  Json list = Json::array();
  for (const SamplerInfo& sampler : *samplers) {
    if (options.connection.json()) {
      list.push_back(SamplerJson(sampler));
    } else {
      PrintTable(sampler);
    }
  }
  if (options.connection.json()) PrintJson({{"samplers", std::move(list)}});
  return absl::OkStatus();
}

}  // namespace

void AddSamplersCommand(CLI::App& app, absl::Status* outcome) {
  CLI::App* command = app.add_subcommand(
      "samplers", "Show the samplers and the options they take");
  auto options = std::make_shared<Options>();
  command->add_option("NAME", options->sampler, "Show only this one");
  AddConnectionOptions(*command, options->connection);
  command->footer(
      "Examples:\n"
      "  scorectl samplers\n"
      "  scorectl samplers annealed_langevin --format json\n");
  command->callback([options, outcome] { *outcome = Run(*options); });
}

}  // namespace scoreserve::ctl
