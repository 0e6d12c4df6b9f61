#include "client/cmd/connection.h"

#include "absl/time/time.h"
#include "client/cmd/outcome.h"

namespace scoreserve::ctl {

void AddConnectionOptions(CLI::App& command, ConnectionOptions& options) {
  command
      .add_option("--server", options.server,
                  "HOST:PORT, or several numeric ones with commas between")
      ->envname("SCORESERVE_SERVER")
      ->capture_default_str();
  command
      .add_option("--timeout", options.timeout_seconds,
                  "Seconds after which to give up (30; sampling: never)")
      ->check(CLI::PositiveNumber);
  command.add_option("--format", options.format, "How results are printed")
      ->check(CLI::IsMember({"table", "json"}))
      ->capture_default_str();
}

absl::StatusOr<std::unique_ptr<Client>> Connect(
    const ConnectionOptions& options) {
  ClientOptions client;
  client.target = options.server;
  client.client_name = "scorectl";
  if (options.timeout_seconds.has_value()) {
    client.timeout = absl::Seconds(*options.timeout_seconds);
    client.stream_timeout = client.timeout;
  }
  absl::Status checked = CheckClientOptions(client);
  if (!checked.ok()) return UsageError(checked.message());
  return Client::New(client);
}

}  // namespace scoreserve::ctl
