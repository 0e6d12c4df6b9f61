#ifndef SCORESERVE_SERVER_COMMAND_LINE_H_
#define SCORESERVE_SERVER_COMMAND_LINE_H_

#include "CLI/CLI.hpp"
#include "server/options.h"

namespace scoreserve {

// Makes `app` fill `options`, which outlives it. Every option can also be set
// by an environment variable, SCORESERVE_PORT for --port.
inline void AddServerOptions(CLI::App& app, ServerOptions& options) {
  app.add_option("--repository", options.repository,
                 "Folder of models: <model>/<version>/config.json, …")
      ->envname("SCORESERVE_REPOSITORY");
  app.add_option("--host", options.host, "Address to listen on")
      ->capture_default_str()
      ->envname("SCORESERVE_HOST");
  app.add_option("--port", options.port, "gRPC port; 0 takes a free one")
      ->capture_default_str()
      ->envname("SCORESERVE_PORT");
  app.add_flag("--insecure", options.insecure,
               "Allow a --host other than loopback: nothing is encrypted");
  app.add_option(
         "--http-port", options.http_port,
         "Port of /healthz, /readyz and /metrics; 0 takes a free one; none "
         "without this option")
      ->envname("SCORESERVE_HTTP_PORT");
  app.add_option("--devices", options.devices,
                 "Where networks run: cpu, or cuda:0, or several: "
                 "cuda:0,cuda:1,cpu. A model goes to the least loaded that has "
                 "room")
      ->capture_default_str();
  app.add_option("--device-memory", options.device_memory,
                 "What models may have of each of --devices, in that order: "
                 "40GiB,40GiB,8GiB. Without it nine tenths of what a GPU has "
                 "free at the start, and three quarters of the container's "
                 "memory for cpu")
      ->envname("SCORESERVE_DEVICE_MEMORY");
  app.add_option("--instances", options.instances,
                 "Loops on the processor, each of --threads: at most what the "
                 "container's quota holds")
      ->capture_default_str()
      ->envname("SCORESERVE_INSTANCES");
  app.add_option("--query-weight", options.query_weight,
                 "Device time of queries against --sampling-weight, where "
                 "models compete")
      ->capture_default_str();
  app.add_option("--sampling-weight", options.sampling_weight,
                 "Device time of samplers against --query-weight")
      ->capture_default_str();
  app.add_option("--state-dir", options.state_dir,
                 "Folder for fine-tuning jobs, on a local disk; without it "
                 "there are none")
      ->envname("SCORESERVE_STATE_DIR");
  app.add_option("--training-share", options.training_share,
                 "Share of a device's time for training while there are "
                 "requests; all of it when there are none")
      ->capture_default_str()
      ->envname("SCORESERVE_TRAINING_SHARE");
  app.add_option("--trusted-proxies", options.trusted_proxies,
                 "Addresses and networks whose x-scoreserve-client is believed")
      ->capture_default_str()
      ->envname("SCORESERVE_TRUSTED_PROXIES");
  app.add_option("--threads", options.threads,
                 "Threads of one forward pass; more than 1 rarely pays")
      ->capture_default_str();
  app.add_option("--max-batch-rows", options.max_batch_rows,
                 "Rows of one pass, over what desired.json says (1024)");
  app.add_option("--version-grace", options.version_grace,
                 "Seconds for which a version stays once no alias names it and "
                 "newer ones have taken its place; then its folder is deleted")
      ->capture_default_str()
      ->envname("SCORESERVE_VERSION_GRACE");
  app.footer(
      "Prints 'scoreserve listening on HOST:PORT' when it is ready. SIGTERM "
      "and\n"
      "SIGINT end it: running requests have 30 s. Exit status: 0 after a "
      "signal, 1 if\n"
      "it could not start, more than 100 for a bad command line.\n\n"
      "Example: scoreserve --repository models/zoo --port 7860 --http-port "
      "7861");
}

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_COMMAND_LINE_H_
