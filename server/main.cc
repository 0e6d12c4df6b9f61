// scoreserve: serves trained score networks over gRPC.

#include <pthread.h>

#include <csignal>
#include <cstdio>
#include <iostream>
#include <memory>
#include <string>

#include "CLI/CLI.hpp"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/command_line.h"
#include "server/options.h"
#include "server/server.h"

namespace {

constexpr absl::Duration kDrainPatience = absl::Seconds(30);

// Before any thread starts, so that all of them inherit it and sigwait() gets
// the signal.
sigset_t BlockStopSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

}  // namespace

int main(int argc, char** argv) {
  const sigset_t signals = BlockStopSignals();
  scoreserve::ServerOptions options;
  CLI::App app("Serves score networks, and samples from them, over gRPC.");
  scoreserve::AddServerOptions(app, options);
  CLI11_PARSE(app, argc, argv);

  absl::StatusOr<std::unique_ptr<scoreserve::Server>> server =
      scoreserve::Server::Start(options);
  if (!server.ok()) {
    std::cerr << "scoreserve: " << server.status().message() << "\n";
    return 1;
  }
  if ((*server)->http_port() != 0) {
    std::cout << "http on " << options.host << ":" << (*server)->http_port()
              << "\n";
  }
  std::cout << "scoreserve listening on " << options.host << ":"
            << (*server)->port() << std::endl;

  int signal = 0;
  sigwait(&signals, &signal);
  (*server)->Drain(kDrainPatience);
  return 0;
}
