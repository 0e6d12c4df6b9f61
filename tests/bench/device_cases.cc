#include "tests/bench/device_cases.h"

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "models/samplers/sampler.h"
#include "server/engine/device.h"
#include "server/engine/warm_up.h"
#include "tests/bench/closed_loop.h"
#include "tests/bench/in_process.h"
#include "tests/bench/machine.h"
#include "tests/support/test_models.h"

namespace scoreserve::bench {
namespace {

struct Size {
  int64_t rows, max_batch_rows, steps;
};

std::shared_ptr<const ModelSnapshot> Perceptron(const Size& size,
                                                at::Device device) {
  ModelFiles files;
  files.config.network = "mlp";
  files.config.network_options = {{"width", int64_t{1024}},
                                  {"layers", int64_t{3}}};
  files.config.data.shape = {kDim};
  files.arrays = SaveWeights(**NewNetwork(files.config, /*seed=*/1));
  return Snapshot(std::move(files), size.max_batch_rows, "perceptron", device);
}

std::shared_ptr<const ModelSnapshot> Unet(const Size& size, at::Device device) {
  ModelFiles files;
  files.config.network = "unet";
  files.config.data.shape = {8, 8};
  files.config.label = {LabelKind::kNoiseLevel, 0.01, 50.0};
  files.arrays = SaveWeights(**NewNetwork(files.config, /*seed=*/1));
  return Snapshot(std::move(files), size.max_batch_rows, "unet", device);
}

// Of a pass of `rows` rows that stay where they are, captured where that can
// be, again and again.
double ReplaySeconds(const ModelSnapshot& model, int64_t rows,
                     at::Device place) {
  const std::unique_ptr<Device> device = NewDevice(place, /*threads=*/1);
  const auto pass =
      *device->NewPass(model.network.get(), model.max_batch_rows, false);
  while (device->CaptureNext(*pass)) {
  }
  pass->rows = rows;
  pass->steps.assign(rows, RowStep{});
  std::fill_n(pass->label.data_ptr<double>(), rows, 1.0);
  int64_t passes = -3;  // Those that warm up.
  auto start = SteadyClock::now();
  do {
    if (passes == 0) start = SteadyClock::now();
    device->Begin(*pass);
    if (!device->Finish(*pass).ok()) std::abort();
    ++passes;
  } while (passes <= 0 || SecondsSince(start) < 0.5);
  return SecondsSince(start) / static_cast<double>(passes);
}

class Answer final : public ScoreSink {
 public:
  bool Cancelled() const override { return false; }
  void Done(absl::StatusOr<ScoreAnswer> answer) override {
    if (!answer.ok()) std::abort();
    done_.Notify();
  }
  void Wait() { done_.WaitForNotification(); }

 private:
  absl::Notification done_;
};

// Of a query of `rows` rows, four under way at any time.
double QuerySeconds(Engine& engine,
                    const std::shared_ptr<const ModelSnapshot>& model,
                    int64_t rows) {
  const std::vector<float> x(rows * model->dim(), 0.5f);
  const double label = 1.0;
  std::atomic<int64_t> answered = 0;
  const auto start = SteadyClock::now();
  std::vector<std::thread> clients;
  for (int i = 0; i < 4; ++i) {
    clients.emplace_back([&] {
      while (SecondsSince(start) < 1.0) {
        Answer answer;
        ScoreQuery query = {.model = model,
                            .x = x,
                            .labels = {},
                            .sink = &answer,
                            .ticket = {}};
        if (model->config.label.kind != LabelKind::kNone)
          query.labels = {&label, 1};
        if (!engine.Score(std::move(query)).ok()) std::abort();
        answer.Wait();
        ++answered;
      }
    });
  }
  for (std::thread& client : clients) client.join();
  return SecondsSince(start) / static_cast<double>(answered);
}

// Of a step of a request that has the pass to itself.
double StepSeconds(Engine& engine,
                   const std::shared_ptr<const ModelSnapshot>& model,
                   const Size& size) {
  const Sampler& sampler = **FindSampler("langevin");
  OptionValues options = {{"step_size", 1e-4}, {"num_steps", size.steps}};
  if (model->config.label.kind != LabelKind::kNone) options["label"] = 1.0;
  const auto plan = std::make_shared<const SamplerPlan>(
      *sampler.plan(options, model->target));
  const auto start = SteadyClock::now();
  ClosedLoop loop(&engine, {{.model = model, .plan = plan, .rows = size.rows}},
                  1, ClosedLoop::Repeat::kOnce);
  loop.StartOne();
  loop.Wait();
  return SecondsSince(start) / static_cast<double>(size.steps);
}

}  // namespace

std::vector<Figure> DeviceLimits(Engine& engine, at::Device device) {
  const Size size =
      device.is_cpu() ? Size{64, 128, 20} : Size{4096, 8192, 1000};
  std::vector<Figure> figures;
  for (const auto& model : {Perceptron(size, device), Unet(size, device)}) {
    WarmUp(engine, model);
    std::vector<double> replays, queries, steps, of_query, of_step;
    for (int window = 0; window < 3; ++window) {
      replays.push_back(ReplaySeconds(*model, size.rows, device));
      queries.push_back(QuerySeconds(engine, model, size.rows));
      steps.push_back(StepSeconds(engine, model, size));
      of_query.push_back(replays.back() / queries.back());
      of_step.push_back(steps.back() / replays.back());
    }
    const std::string rows = absl::StrCat(size.rows, " rows of ", model->name);
    figures.push_back({.name = absl::StrCat("pass of ", rows),
                       .value = Median(replays) * 1e3,
                       .unit = "ms",
                       .reference = "",
                       .ratio = {},
                       .at_least = {},
                       .at_most = {}});
    figures.push_back({.name = "  queries, four under way",
                       .value = Median(queries) * 1e3,
                       .unit = "ms",
                       .reference = "the pass alone, of its time",
                       .ratio = Median(of_query),
                       .at_least = 0.9,
                       .at_most = {}});
    figures.push_back(
        {.name = absl::StrCat("  Langevin, ", size.steps, " steps: one"),
         .value = Median(steps) * 1e3,
         .unit = "ms",
         .reference = "the pass alone",
         .ratio = Median(of_step),
         .at_least = {},
         .at_most = 1.1});
  }
  return figures;
}

}  // namespace scoreserve::bench
