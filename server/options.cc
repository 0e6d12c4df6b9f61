#include "server/options.h"

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "models/networks/placement.h"
#include "models/status.h"

namespace scoreserve {
namespace {

bool IsLoopback(absl::string_view host) {
  return host == "localhost" || host == "::1" || absl::StartsWith(host, "127.");
}

bool IsPort(int port) { return port >= 0 && port <= 65535; }

}  // namespace

absl::Status CheckServerOptions(const ServerOptions& options) {
  if (options.repository.empty()) {
    return InvalidField("--repository", "a folder", "''");
  }
  if (!IsPort(options.port)) {
    return InvalidField("--port", "between 0 and 65535",
                        absl::StrCat(options.port));
  }
  if (options.http_port.has_value() && !IsPort(*options.http_port)) {
    return InvalidField("--http-port", "between 0 and 65535",
                        absl::StrCat(*options.http_port));
  }
  if (!IsLoopback(options.host) && !options.insecure) {
    return InvalidField("--host",
                        "a loopback address unless --insecure is given, since "
                        "nothing is encrypted",
                        options.host);
  }
  const absl::StatusOr<at::Device> device =
      FindDevice("--devices", options.devices);
  if (!device.ok()) return device.status();
  if (options.threads < 1) {
    return InvalidField("--threads", "at least 1",
                        absl::StrCat(options.threads));
  }
  if (options.max_batch_rows.has_value() &&
      (*options.max_batch_rows < 4 || *options.max_batch_rows > 1 << 20)) {
    return InvalidField("--max-batch-rows", "between 4 and 1048576",
                        absl::StrCat(*options.max_batch_rows));
  }
  return absl::OkStatus();
}

}  // namespace scoreserve
