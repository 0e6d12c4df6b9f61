#include "tests/bench/fine_tuning_cases.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "ATen/Parallel.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "models/samplers/noise.h"
#include "models/training/trainer.h"
#include "tests/bench/machine.h"
#include "tests/bench/score_load.h"
#include "tests/bench/tuning_server.h"
#include "tests/support/test_models.h"
#include "tests/support/two_modes.h"

namespace scoreserve::bench {
namespace {

constexpr double kShare = 0.2;
constexpr int kClients = 8;
constexpr int64_t kRowsAQuery = 64;

// Jobs of sliced score matching on `model`.
v1::FineTuneSpec Spec(const std::string& model, int64_t batch,
                      int64_t micro_batch, double hold_out_share,
                      std::chrono::milliseconds publish_interval) {
  v1::FineTuneSpec spec;
  spec.mutable_base()->set_name(model);
  spec.set_objective("sliced");
  auto& options = *spec.mutable_trainer_options();
  options["batch"].set_integer(batch);
  options["micro_batch"].set_integer(micro_batch);
  options["ema"].set_number(0.99);
  spec.set_hold_out_share(hold_out_share);
  const int64_t milliseconds = publish_interval.count();
  spec.mutable_publish_interval()->set_seconds(milliseconds / 1000);
  spec.mutable_publish_interval()->set_nanos(
      static_cast<int32_t>(milliseconds % 1000 * 1'000'000));
  return spec;
}

std::vector<float> Normals(int64_t rows) {
  std::vector<float> x(rows * kDim);
  FillNormals({.seed = 1, .step = 0, .row = 0}, Purpose::kUser, rows, kDim,
              x.data());
  return x;
}

// The load in a window, and what the device spent in quanta meanwhile.
struct Window {
  double rows_a_second = 0.0;
  double p99 = 0.0;              // Seconds.
  double quanta_share = 0.0;     // Of the window's time.
  double quantum_seconds = 0.0;  // On average.
};

Window Measure(v1::Scoring::Stub* stub, const EngineMetrics& metrics) {
  // Run-in: what the job may spend at once after a pause is spent.
  DieUnlessOk(RunScoreLoad(stub, kClients, kRowsAQuery, 0.2).failure);
  const double spent = metrics.quanta_seconds;
  const int64_t quanta = metrics.quanta;
  const ScoreLoad load = RunScoreLoad(stub, kClients, kRowsAQuery, 1.0);
  DieUnlessOk(load.failure);
  const double seconds = metrics.quanta_seconds - spent;
  const double done = static_cast<double>(metrics.quanta - quanta);
  return {.rows_a_second = load.rows_a_second(),
          .p99 = load.Latency(0.99),
          .quanta_share = seconds / load.seconds,
          .quantum_seconds = seconds / std::max(1.0, done)};
}

// When each version but the first was first seen.
std::map<int64_t, SteadyClock::time_point> SwapsOf(const ScoreLoad& load) {
  std::map<int64_t, SteadyClock::time_point> swaps;
  for (const ScoreReply& reply : load.replies) {
    if (reply.version == 1) continue;
    const auto [swap, added] = swaps.emplace(reply.version, reply.sent);
    if (!added) swap->second = std::min(swap->second, reply.sent);
  }
  return swaps;
}

// The same, with the modes at ±1.5: what the model knows.
ModelFiles TwoModesModel() {
  at::set_num_threads(1);
  ModelFiles files;
  files.config.description = "Two modes.";
  files.config.network = "mlp";
  files.config.network_options = {{"width", int64_t{64}},
                                  {"activation", std::string("softplus")}};
  files.config.data.shape = {1};
  const auto trainer =
      *Trainer::New(files.config, *NewObjective("sliced", {}, files.config),
                    {.batch = 256, .steps = 3000, .ema = 0.99}, /*seed=*/3);
  const at::Tensor rows = TwoModes::Rows(100'000, /*seed=*/11);
  for (int64_t step = 0; step < 3000; ++step) {
    if (!trainer->Step({.x = rows}).ok()) std::abort();
  }
  files.arrays = trainer->EmaWeights();
  return files;
}

}  // namespace

std::vector<Figure> FineTuningShare() {
  constexpr int kWindows = 25;
  TuningServer server("bench", MlpFiles(kDim), kShare);
  const EngineMetrics& metrics = server.server().engine().metrics();
  const auto stub = v1::Scoring::NewStub(Connect(server.server().port()));
  const std::string job =
      server.Create(Spec("bench", 256, 16, 0.0, std::chrono::hours(1)));
  server.Stream(job, Normals(4096), kDim);
  const auto measure = [&](bool running) {
    running ? server.Resume(job) : server.Pause(job);
    return Measure(stub.get(), metrics);
  };
  measure(true);  // Warm-up.
  std::vector<double> shares, quanta, rates, ratios, tails, tails_alone;
  Window before = measure(false);
  for (int window = 0; window < kWindows; ++window) {
    const Window with = measure(true);
    const Window after = measure(false);
    // Against both neighbours: what else the machine does drifts.
    const double alone = 0.5 * (before.rows_a_second + after.rows_a_second);
    shares.push_back(with.quanta_share);
    quanta.push_back(with.quantum_seconds * 1e3);
    rates.push_back(with.rows_a_second);
    ratios.push_back(with.rows_a_second / alone / (1.0 - with.quanta_share));
    tails.push_back(with.p99);
    tails_alone.push_back(after.p99);
    before = after;
  }
  const double allowed = Median(tails_alone) + 2.0 * kQuantumSeconds;
  return {
      {.name = "fine-tuning beside 8 x 64 rows",
       .value = Median(shares),
       .unit = "of time",
       .reference = absl::StrCat("training_share ", kShare),
       .ratio = {},
       .at_least = 0.9 * kShare,
       .at_most = {}},
      {.name = "  the most in a second",
       .value = *std::max_element(shares.begin(), shares.end()),
       .unit = "of time",
       .reference = "training_share and two quanta",
       .ratio = {},
       .at_least = {},
       .at_most = kShare + 2.0 * kQuantumSeconds},
      {.name = "  quantum, on average",
       .value = Median(quanta),
       .unit = "ms",
       .reference = "",
       .ratio = {},
       .at_least = {},
       .at_most = kQuantumSeconds * 1e3},
      {.name = "  queries",
       .value = Median(rates),
       .unit = "rows/s",
       .reference = "(1 - the job's share) x without the job",
       .ratio = Median(ratios),
       .at_least = 0.94,
       .at_most = {}},
      {.name = "  queries, p99",
       .value = Median(tails) * 1e3,
       .unit = "ms",
       .reference = absl::StrFormat("p99 without the job %.2f ms + 2 quanta",
                                    Median(tails_alone) * 1e3),
       .ratio = Median(tails) / allowed,
       .at_least = {},
       .at_most = 1.0}};
}

std::vector<Figure> FineTuningSwaps() {
  constexpr auto kAround = std::chrono::milliseconds(250);
  TuningServer server("bench", MlpFiles(kDim), kShare);
  const auto stub = v1::Scoring::NewStub(Connect(server.server().port()));
  // A quarter of the rows held out: more than 512, which a check takes.
  const std::string job =
      server.Create(Spec("bench", 64, 16, 0.25, std::chrono::seconds(1)));
  server.Stream(job, Normals(4096), kDim);
  ScoreLoad load = RunScoreLoad(stub.get(), kClients, kRowsAQuery, 16.0);
  const auto swaps = SwapsOf(load);
  if (swaps.empty()) std::abort();
  std::vector<double> longest(swaps.size(), 0.0), apart;
  for (const ScoreReply& reply : load.replies) {
    bool near = false;
    size_t i = 0;
    for (const auto& [version, swap] : swaps) {
      if (reply.sent > swap - kAround && reply.sent < swap + kAround) {
        near = true;
        longest[i] = std::max(longest[i], reply.seconds);
      }
      ++i;
    }
    if (!near) apart.push_back(reply.seconds);
  }
  const double p99 = Quantile(apart, 0.99);
  return {{.name = "swaps under 8 x 64 rows: queries failed",
           .value = static_cast<double>(load.failed),
           .unit = "queries",
           .reference = absl::StrCat("of ", load.replies.size() + load.failed,
                                     ", over ", swaps.size(), " swaps"),
           .ratio = {},
           .at_least = {},
           .at_most = 0.0},
          {.name = "  longest reply around a swap",
           .value = Median(longest) * 1e3,
           .unit = "ms",
           .reference = absl::StrFormat(
               "p99 apart from them %.2f ms + 2 quanta", p99 * 1e3),
           .ratio = Median(longest) / (p99 + 2.0 * kQuantumSeconds),
           .at_least = {},
           .at_most = 1.0}};
}

std::vector<Figure> FineTuningToNewLaw() {
  constexpr double kNewMean = 2.5;
  constexpr int64_t kSteps = 600;
  TuningServer server("modes", TwoModesModel(), /*training_share=*/1.0);
  const auto error = [&server] {
    const auto model = *server.server().registry().Find(
        {.name = "modes", .version = {}, .alias = {}});
    return TwoModes::SquaredError(*model->network, kNewMean);
  };
  const double before = error();
  const at::Tensor rows = TwoModes::Rows(16'384, /*seed=*/12, kNewMean);
  v1::FineTuneSpec spec =
      Spec("modes", 256, 64, 0.25, std::chrono::milliseconds(250));
  spec.set_steps(kSteps);
  const auto start = SteadyClock::now();
  const std::string job = server.Create(spec);
  const float* const x = rows.const_data_ptr<float>();
  server.Stream(job, {x, x + rows.numel()}, 1);
  const v1::FineTune ended = server.AwaitEnd(job);
  const double seconds = SecondsSince(start);
  const double after = error();
  return {{.name = "law that moves: error before / after",
           .value = before / after,
           .unit = "times",
           .reference =
               absl::StrFormat("E|s - true s|^2 %.4g, then %.4g; %d versions",
                               before, after, ended.published_size()),
           .ratio = {},
           .at_least = 50.0,
           .at_most = {}},
          {.name = "  steps",
           .value = static_cast<double>(ended.step()),
           .unit = "steps",
           .reference = "",
           .ratio = {},
           .at_least = {},
           .at_most = static_cast<double>(kSteps)},
          {.name = "  from the call to the last check",
           .value = seconds,
           .unit = "s",
           .reference = "",
           .ratio = {},
           .at_least = {},
           .at_most = 10.0}};
}

}  // namespace scoreserve::bench
