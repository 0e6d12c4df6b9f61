#ifndef SCORESERVE_SERVER_OPTIONS_H_
#define SCORESERVE_SERVER_OPTIONS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "server/engine/cpu_quota.h"
#include "server/engine/limits.h"
#include "server/engine/training_share.h"
#include "server/engine/work_ledger.h"

namespace scoreserve {

// Everything that can be told to a server.
struct ServerOptions {
  std::string repository;  // A folder; see models/io/model_repository.h.
  std::string host = "127.0.0.1";  // Where it listens.
  int port = 7860;                 // 0: any free one.
  // Allow a host other than loopback although nothing is encrypted.
  bool insecure = false;
  std::optional<int> http_port;  // Metrics and probes; 0: any free one.
  // A loop each, of which models go to the least loaded: "cuda:0,cuda:1,cpu".
  std::string devices = "cpu";
  // What models may have of each, in that order: "40GiB,40GiB,8GiB". Empty:
  // what DefaultBudget() (engine/device_memory.h) finds.
  std::string device_memory = {};
  int instances = 1;  // Loops on the processor, each with its threads.
  int threads = 1;    // Of one forward pass.
  // Device time of queries and of samplers, where both want it.
  double query_weight = 3.0, sampling_weight = 1.0;
  // Whose word on who calls is taken (server/service/caller.h).
  std::string trusted_proxies = "127.0.0.0/8,::1";
  std::optional<int64_t> max_batch_rows;            // Goes over desired.json.
  absl::Duration poll_interval = absl::Seconds(1);  // Of the repository.
  // How long a version that is kept no more stays (engine/version_keeper.h), in
  // seconds.
  double version_grace = 600.0;
  // How long a connection may be silent before the server asks whether the
  // other end is there; without an answer in half of that it is closed. More
  // than 1 ms.
  absl::Duration keepalive = absl::Seconds(20);
  // Where fine-tuning jobs are kept, on a local disk; "": there are none.
  std::string state_dir = {};
  // Of each device's time, that training gets while there are requests.
  double training_share = kDefaultTrainingShare;
  Limits limits;
  WorkLedger::Options ledger;
};

// INVALID_ARGUMENT naming the option as the command line spells it. More than
// one instance may not have more threads than `processors`.
absl::Status CheckServerOptions(const ServerOptions& options,
                                double processors = CpuQuota());

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_OPTIONS_H_
