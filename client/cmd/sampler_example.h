#ifndef SCORESERVE_CLIENT_CMD_SAMPLER_EXAMPLE_H_
#define SCORESERVE_CLIENT_CMD_SAMPLER_EXAMPLE_H_

#include <string>
#include <vector>

#include "client/cmd/connection.h"
#include "scoreserve/sampling.h"

namespace scoreserve::ctl {

// A command line that runs `sampler` on the first model that it runs on:
// "scorectl sample --model digits --sampler langevin --set step_size=0.01".
// Empty where it runs on none.
std::string ExampleCommand(const SamplerInfo& sampler);

// Each sampler: a line with name and sentence, and one with its example or that
// there is none.
std::string ExampleLines(const std::vector<SamplerInfo>& samplers);

// What `scorectl sample --help` ends with. Asks the server for its
// samplers, for a second at most, and says so where it gives no answer.
std::string SampleHelp(const ConnectionOptions& connection);

}  // namespace scoreserve::ctl

#endif  // SCORESERVE_CLIENT_CMD_SAMPLER_EXAMPLE_H_
