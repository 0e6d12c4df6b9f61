#include "tests/bench/training_case.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ATen/Parallel.h"
#include "ATen/ops/empty.h"
#include "absl/strings/str_cat.h"
#include "models/samplers/noise.h"
#include "models/training/trainer.h"
#include "tests/bench/machine.h"

namespace scoreserve::bench {
namespace {

constexpr int64_t kDim = 64, kWidth = 256, kBatch = 256;
constexpr int kSteps = 100, kPairs = 9, kThreads = 1;

// Seconds a step there, or nothing where it cannot be run.
std::optional<double> EagerStep() {
  const char* python = std::getenv("SCORESERVE_PYTHON");
  const std::string command = absl::StrCat(
      python != nullptr ? python : SCORESERVE_PYTHON, " ",
      SCORESERVE_EAGER_STEP, " --dim ", kDim, " --width ", kWidth, " --batch ",
      kBatch, " --steps ", kSteps, " --threads ", kThreads);
  std::FILE* output = ::popen(command.c_str(), "r");
  if (output == nullptr) return std::nullopt;
  double seconds = 0.0;
  const int read = std::fscanf(output, "%lf", &seconds);
  if (::pclose(output) != 0 || read != 1) return std::nullopt;
  return seconds;
}

std::unique_ptr<Trainer> NewTrainer() {
  ModelConfig config;
  config.network = "mlp";
  config.network_options = {{"width", kWidth}};
  config.data.shape = {kDim};
  return *Trainer::New(config, *NewObjective("sliced", {}, config),
                       {.batch = kBatch, .steps = 0}, /*seed=*/1);
}

}  // namespace

std::vector<Figure> TrainingStep() {
  const int threads = at::get_num_threads();
  at::set_num_threads(kThreads);
  const at::Tensor rows = at::empty({4096, kDim});
  FillNormals(NoiseKey{.seed = 1}, Purpose::kUser, rows.size(0), kDim,
              rows.mutable_data_ptr<float>());
  const auto trainer = NewTrainer();
  const auto own_step = [&] {
    const auto start = SteadyClock::now();
    for (int i = 0; i < kSteps; ++i) (void)trainer->Step({.x = rows});
    return SecondsSince(start) / kSteps;
  };
  own_step();
  std::vector<double> own, ratios;
  for (int pair = 0; pair < kPairs; ++pair) {
    const std::optional<double> eager = EagerStep();
    own.push_back(own_step());
    if (eager.has_value()) ratios.push_back(own.back() / *eager);
  }
  at::set_num_threads(threads);
  Figure figure = {.name = "training step, SSM-VR, 256 rows",
                   .value = 1e3 * Median(own),
                   .unit = "ms",
                   .reference = "there is no Python with PyTorch here",
                   .ratio = {},
                   .at_least = {},
                   .at_most = {}};
  if (!ratios.empty()) {
    figure.reference = "eager PyTorch, median of 9 pairs";
    figure.ratio = Median(ratios);
    figure.at_most = 1.03;
  }
  return {figure};
}

}  // namespace scoreserve::bench
