#ifndef SCORESERVE_CLIENT_CMD_CONNECTION_H_
#define SCORESERVE_CLIENT_CMD_CONNECTION_H_

#include <memory>
#include <optional>
#include <string>

#include "CLI/CLI.hpp"
#include "absl/status/statusor.h"
#include "scoreserve/client.h"

namespace scoreserve::ctl {

// Which server a command talks to, and how its results are printed.
struct ConnectionOptions {
  std::string server = "127.0.0.1:7860";
  std::optional<double> timeout_seconds;
  std::string format = "table";

  bool json() const { return format == "json"; }
};

// Adds --server, --timeout and --format; `options` outlives `command`.
void AddConnectionOptions(CLI::App& command, ConnectionOptions& options);

// A usage error where the options are not a client's.
absl::StatusOr<std::unique_ptr<Client>> Connect(
    const ConnectionOptions& options);

}  // namespace scoreserve::ctl

#endif  // SCORESERVE_CLIENT_CMD_CONNECTION_H_
