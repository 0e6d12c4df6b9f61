#include "tests/bench/sampling_cases.h"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "ATen/Parallel.h"
#include "ATen/ops/zeros.h"
#include "absl/status/status.h"
#include "absl/synchronization/notification.h"
#include "c10/core/InferenceMode.h"
#include "models/samplers/advance.h"
#include "models/samplers/sampler.h"
#include "server/engine/engine.h"
#include "tests/bench/machine.h"

namespace scoreserve::bench {
namespace {

constexpr double kStepSize = 1e-3;
constexpr int kWindows = 7;

std::shared_ptr<const SamplerPlan> Langevin(int64_t steps) {
  auto plan = (*FindSampler("langevin"))
                  ->plan({{"step_size", kStepSize}, {"num_steps", steps}},
                         SamplerTarget());
  return std::make_shared<const SamplerPlan>(*std::move(plan));
}

// Seconds of a row-step in the simplest loop over `rows` rows: one forward, one
// Advance(), nothing else.
double LoopSecondsPerRowStep(const ModelSnapshot& model, int64_t rows,
                             int64_t steps) {
  at::set_num_threads(1);
  const c10::InferenceMode inference;
  Workspace workspace;
  at::Tensor x = at::zeros({rows, kDim}, at::kFloat);
  const ScoreInput input = {.x = x, .label = at::zeros({rows}, at::kDouble)};
  const Step step = Langevin(1)->table.At(0);
  std::vector<RowStep> row_steps(rows);
  for (int64_t i = 0; i < rows; ++i) {
    row_steps[i].xs = static_cast<float>(step.xs);
    row_steps[i].xz = static_cast<float>(step.xz);
    row_steps[i].noise = {.seed = static_cast<uint64_t>(i / 4),
                          .step = 0,
                          .row = static_cast<uint32_t>(i % 4)};
  }
  const auto start = SteadyClock::now();
  for (int64_t i = 0; i < steps; ++i) {
    workspace.Begin();
    const at::Tensor score = model.network->Score(input, workspace);
    for (RowStep& row_step : row_steps)
      row_step.noise.step = static_cast<uint32_t>(i);
    Advance(row_steps, kDim, score.data_ptr<float>(), x.data_ptr<float>(),
            nullptr);
  }
  return SecondsSince(start) / static_cast<double>(rows * steps);
}

// Asks for the same again whenever it is answered, until it is stopped.
class Repeater final : public SampleSink {
 public:
  Repeater(Engine* engine, std::shared_ptr<const ModelSnapshot> model,
           std::shared_ptr<const SamplerPlan> plan, uint64_t seed)
      : engine_(engine),
        model_(std::move(model)),
        plan_(std::move(plan)),
        seed_(seed) {}

  void Ask() {
    const absl::Status asked = engine_->Sample({.model = model_,
                                                .plan = plan_,
                                                .rows = 4,
                                                .seed = seed_,
                                                .start = {},
                                                .states_every = 0,
                                                .deadline = Instant::max(),
                                                .sink = this,
                                                .ticket = {}});
    if (!asked.ok()) std::abort();
  }
  void Stop() { stopped_ = true; }
  void Wait() { ended_.WaitForNotification(); }

  bool Cancelled() const override { return stopped_; }
  void Progress(int64_t) override {}
  void States(int64_t, int64_t, absl::Span<const float>) override {}
  void Done(absl::StatusOr<std::vector<float>>) override {
    if (stopped_) {
      ended_.Notify();
    } else {
      Ask();
    }
  }

 private:
  Engine* const engine_;
  const std::shared_ptr<const ModelSnapshot> model_;
  const std::shared_ptr<const SamplerPlan> plan_;
  const uint64_t seed_;
  std::atomic<bool> stopped_ = false;
  absl::Notification ended_;
};

// Waits, busily, until the device has begun another pass.
void AwaitPass(const Engine& engine) {
  const int64_t passes = engine.metrics().passes;
  while (engine.metrics().passes == passes) std::this_thread::yield();
}

struct BusyWindow {
  double seconds_per_row_step = 0.0;
  double busy_fraction = 0.0;
};

BusyWindow MeasureBusy(const Engine& engine, double seconds) {
  const EngineMetrics& metrics = engine.metrics();
  const double busy = metrics.busy_seconds;
  const int64_t row_steps = metrics.row_steps;
  const auto start = SteadyClock::now();
  std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
  const double busy_seconds = metrics.busy_seconds - busy;
  return {.seconds_per_row_step =
              busy_seconds / static_cast<double>(metrics.row_steps - row_steps),
          .busy_fraction = busy_seconds / SecondsSince(start)};
}

// Seconds from the call to the last frame.
double SampleOverTheWire(v1::Sampling::Stub* stub, int64_t steps) {
  v1::SampleRequest request;
  request.mutable_model()->set_name("bench");
  request.set_sampler("langevin");
  request.set_rows(1);
  request.set_seed(1);
  (*request.mutable_options())["step_size"].set_number(kStepSize);
  (*request.mutable_options())["num_steps"].set_integer(steps);
  grpc::ClientContext context;
  const auto start = SteadyClock::now();
  const auto reader = stub->Sample(&context, request);
  v1::SampleResponse frame;
  while (reader->Read(&frame)) {
  }
  if (!reader->Finish().ok()) std::abort();
  return SecondsSince(start);
}

// A client without a sampling service: a query a step.
double StepOverScore(v1::Scoring::Stub* stub, int64_t steps) {
  const v1::ScoreRequest request = Query(1);
  const auto start = SteadyClock::now();
  for (int64_t i = 0; i < steps; ++i) {
    grpc::ClientContext context;
    v1::ScoreResponse response;
    if (!stub->Score(&context, request, &response).ok()) std::abort();
  }
  return SecondsSince(start);
}

}  // namespace

std::vector<Figure> ManySmallSamplers(Rig& rig) {
  constexpr int kRequests = 64;
  Engine& engine = rig.server->engine();
  const auto plan = Langevin(100);
  std::vector<double> costs, ratios, fractions;
  for (int window = 0; window < kWindows; ++window) {
    const double loop = LoopSecondsPerRowStep(*rig.model, 4 * kRequests, 300);
    std::vector<std::unique_ptr<Repeater>> repeaters;
    for (int i = 0; i < kRequests; ++i) {
      repeaters.push_back(
          std::make_unique<Repeater>(&engine, rig.model, plan, i));
      repeaters.back()->Ask();
      AwaitPass(engine);
    }
    const BusyWindow busy = MeasureBusy(engine, 0.5);
    for (const auto& repeater : repeaters) repeater->Stop();
    for (const auto& repeater : repeaters) repeater->Wait();
    costs.push_back(busy.seconds_per_row_step * 1e9);
    ratios.push_back(busy.seconds_per_row_step / loop);
    fractions.push_back(busy.busy_fraction);
  }
  return {{.name = "sample 64 x (4 rows x 100 steps)",
           .value = Median(costs),
           .unit = "ns/rowstep",
           .reference = "the loop in process over 256 rows",
           .ratio = Median(ratios),
           .at_least = {},
           .at_most = 1.2},
          {.name = "  device busy",
           .value = Median(fractions),
           .unit = "of time",
           .reference = "",
           .ratio = {},
           .at_least = 0.95,
           .at_most = {}}};
}

std::vector<Figure> OneLongSampler(Rig& rig) {
  constexpr int64_t kSteps = 1000;
  const auto sampling = v1::Sampling::NewStub(Connect(rig.server->port()));
  const auto scoring = v1::Scoring::NewStub(Connect(rig.server->port()));
  std::vector<double> times, to_loop, to_stepping;
  for (int window = -1; window < kWindows; ++window) {
    const double loop = LoopSecondsPerRowStep(*rig.model, 1, kSteps) * kSteps;
    const double served = SampleOverTheWire(sampling.get(), kSteps);
    const double stepping = StepOverScore(scoring.get(), kSteps);
    if (window < 0) continue;
    times.push_back(served * 1e3);
    to_loop.push_back(served / loop);
    to_stepping.push_back(served / stepping);
  }
  return {{.name = "sample 1 row x 1000 steps",
           .value = Median(times),
           .unit = "ms",
           .reference = "the loop in process",
           .ratio = Median(to_loop),
           .at_least = {},
           .at_most = 1.4},
          {.name = "  the same",
           .value = Median(times),
           .unit = "ms",
           .reference = "a client stepping over Score",
           .ratio = Median(to_stepping),
           .at_least = {},
           .at_most = {}}};
}

}  // namespace scoreserve::bench
