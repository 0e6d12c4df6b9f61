#ifndef SCORESERVE_CLIENT_CMD_ARGUMENT_ORDER_H_
#define SCORESERVE_CLIENT_CMD_ARGUMENT_ORDER_H_

#include <string>
#include <vector>

#include "CLI/CLI.hpp"

namespace scoreserve::ctl {

// `arguments`, of which each command of `app` takes its own, with the command
// in front: `--server HOST:PORT status` becomes `status --server HOST:PORT`.
// Unchanged where no command is among them, or where what comes before it is
// an option of `app` itself or no option at all.
std::vector<std::string> CommandFirst(const CLI::App& app,
                                      std::vector<std::string> arguments);

}  // namespace scoreserve::ctl

#endif  // SCORESERVE_CLIENT_CMD_ARGUMENT_ORDER_H_
