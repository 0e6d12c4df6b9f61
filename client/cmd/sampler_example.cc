#include "client/cmd/sampler_example.h"

#include <memory>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "client/cmd/set_option.h"
#include "scoreserve/client.h"

namespace scoreserve::ctl {
namespace {

absl::StatusOr<std::vector<SamplerInfo>> Ask(ConnectionOptions connection) {
  connection.timeout_seconds = 1.0;  // Who asks for help does not wait longer.
  const absl::StatusOr<std::unique_ptr<Client>> client = Connect(connection);
  if (!client.ok()) return client.status();
  return (*client)->ListSamplers();
}

}  // namespace

std::string ExampleCommand(const SamplerInfo& sampler) {
  if (sampler.examples.empty()) return "";
  const SamplerExample& example = sampler.examples[0];
  std::string command = absl::StrCat("scorectl sample --model ", example.model,
                                     " --sampler ", sampler.name);
  for (const auto& [name, value] : example.options) {
    absl::StrAppend(&command, " --set ", name, "=", OptionText(value));
  }
  return command;
}

std::string ExampleLines(const std::vector<SamplerInfo>& samplers) {
  std::string lines;
  for (const SamplerInfo& sampler : samplers) {
    const std::string command = ExampleCommand(sampler);
    absl::StrAppend(&lines, "  ", sampler.name, ": ", sampler.help, "\n    ",
                    command.empty() ? "(no served model suits it)" : command,
                    "\n");
  }
  return lines;
}

std::string SampleHelp(const ConnectionOptions& connection) {
  const absl::StatusOr<std::vector<SamplerInfo>> samplers = Ask(connection);
  if (!samplers.ok()) {
    return absl::StrCat("No server at ", connection.server,
                        " to say which samplers there are. With one, an "
                        "example of each stands here.\n");
  }
  return absl::StrCat("Samplers of ", connection.server,
                      ", with an example each:\n", ExampleLines(*samplers));
}

}  // namespace scoreserve::ctl
