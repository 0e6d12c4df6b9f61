// Offline training: rows of data in, a version of a model out.

#include <atomic>
#include <csignal>
#include <cstdio>
#include <exception>

#include "CLI/App.hpp"
#include "CLI/Config.hpp"
#include "CLI/Formatter.hpp"
#include "models/cmd/arguments.h"
#include "models/cmd/evaluate.h"
#include "models/cmd/mixture.h"
#include "models/cmd/train.h"

namespace scoreserve {
namespace {

std::atomic<bool> stop{false};
static_assert(std::atomic<bool>::is_always_lock_free);

int Main(int argc, char** argv) {
  CLI::App app(
      "Trains a score network and publishes it as a model's next version.",
      "scoretrain");
  app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  TrainCommand train;
  train.AddTo(app);
  MixtureCommand mixture;
  CLI::App* mixture_app = app.add_subcommand(
      "mixture", "Publishes the closed-form score of a Gaussian mixture");
  mixture.AddTo(*mixture_app);
  EvaluateCommand evaluate;
  CLI::App* evaluate_app =
      app.add_subcommand("evaluate", "Measures how good a model is");
  evaluate.AddTo(*evaluate_app);
  app.require_subcommand(0, 1);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // --help
    std::fprintf(stderr, "scoretrain: %s\n", error.what());
    return kExitUsage;
  }
  // Once: a second signal ends the process as it would have without us.
  for (const int signal : {SIGINT, SIGTERM}) {
    std::signal(signal, [](int number) {
      stop = true;
      std::signal(number, SIG_DFL);
    });
  }
  const absl::Status status = mixture_app->parsed()    ? mixture.Run()
                              : evaluate_app->parsed() ? evaluate.Run()
                                                       : train.Run(stop);
  return status.ok() ? 0 : Report(status);
}

}  // namespace
}  // namespace scoreserve

int main(int argc, char** argv) {
  try {
    return scoreserve::Main(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "scoretrain: %s\n", error.what());
    return scoreserve::kExitFailed;
  }
}
