#include "server/options.h"

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "models/io/model_repository.h"
#include "models/status.h"
#include "server/device_options.h"
#include "server/service/caller.h"

namespace scoreserve {
namespace {

bool IsLoopback(absl::string_view host) {
  return host == "localhost" || host == "::1" || absl::StartsWith(host, "127.");
}

bool IsPort(int port) { return port >= 0 && port <= 65535; }

absl::Status CheckInstances(const ServerOptions& options, double processors) {
  if (options.instances < 1) {
    return InvalidField("--instances", "at least 1",
                        absl::StrCat(options.instances));
  }
  if (options.instances > 1 && options.devices != "cpu") {
    return InvalidField("--instances", "1 where --devices is not cpu",
                        absl::StrCat(options.instances));
  }
  const int most = std::max(1, static_cast<int>(processors / options.threads));
  if (options.instances > most) {
    return InvalidField(
        "--instances",
        absl::StrCat("at most ", most, ": there are ", processors,
                     " processors, and --threads is ", options.threads),
        absl::StrCat(options.instances));
  }
  return absl::OkStatus();
}

absl::Status CheckWeight(absl::string_view option, double weight) {
  // Not of a NaN either.
  if (weight >= 0.01 && weight <= 100.0) return absl::OkStatus();
  return InvalidField(option, "between 0.01 and 100", absl::StrCat(weight));
}

}  // namespace

absl::Status CheckServerOptions(const ServerOptions& options,
                                double processors) {
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
  const auto devices = ParseDevices(options.devices, options.device_memory);
  if (!devices.ok()) return devices.status();
  if (options.threads < 1) {
    return InvalidField("--threads", "at least 1",
                        absl::StrCat(options.threads));
  }
  absl::Status checked = CheckInstances(options, processors);
  if (!checked.ok()) return checked;
  checked = CheckWeight("--query-weight", options.query_weight);
  if (!checked.ok()) return checked;
  checked = CheckWeight("--sampling-weight", options.sampling_weight);
  if (!checked.ok()) return checked;
  // Not of a NaN either.
  if (!(options.training_share >= 0.0 && options.training_share <= 1.0)) {
    return InvalidField("--training-share", "between 0 and 1",
                        absl::StrCat(options.training_share));
  }
  checked = TrustedProxies::Parse(options.trusted_proxies).status();
  if (!checked.ok()) return checked;
  if (options.max_batch_rows.has_value() &&
      (*options.max_batch_rows < kMinBatchRows ||
       *options.max_batch_rows > kMaxBatchRows)) {
    return InvalidField(
        "--max-batch-rows",
        absl::StrCat("between ", kMinBatchRows, " and ", kMaxBatchRows),
        absl::StrCat(*options.max_batch_rows));
  }
  // Not of a NaN either.
  if (!(options.version_grace >= 0.0 && options.version_grace <= 1e9)) {
    return InvalidField("--version-grace", "between 0 and 1e9",
                        absl::StrCat(options.version_grace));
  }
  return absl::OkStatus();
}

}  // namespace scoreserve
