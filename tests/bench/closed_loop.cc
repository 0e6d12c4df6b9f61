#include "tests/bench/closed_loop.h"

#include <chrono>
#include <cstdlib>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "tests/bench/machine.h"

namespace scoreserve::bench {

class ClosedLoop::Slot final : public SampleSink {
 public:
  explicit Slot(ClosedLoop* loop) : loop_(loop) {}

  void Send() {
    const Ask* ask = loop_->Next();
    if (ask == nullptr) {
      loop_->running_.DecrementCount();
      return;
    }
    const absl::Status sent =
        loop_->engine_->Sample({.model = ask->model,
                                .plan = ask->plan,
                                .rows = ask->rows,
                                .seed = ask->seed,
                                .start = {},
                                .states_every = 0,
                                .deterministic = ask->deterministic,
                                .deadline = Instant::max(),
                                .sink = this,
                                .ticket = {}});
    if (!sent.ok()) std::abort();
  }

  bool Cancelled() const override { return loop_->stopped_; }
  void Progress(int64_t) override {}
  void States(int64_t, int64_t, absl::Span<const float>) override {}
  void State(const BlockState&) override {}
  void Stopped(StopReason) override { std::abort(); }
  void Done(absl::StatusOr<std::vector<float>> samples) override {
    if (!samples.ok() && !loop_->stopped_) std::abort();
    Send();
  }

 private:
  ClosedLoop* const loop_;
};

ClosedLoop::ClosedLoop(Engine* engine, std::vector<Ask> asks, int width,
                       Repeat repeat)
    : engine_(engine),
      asks_(std::move(asks)),
      repeat_(repeat),
      running_(width) {}

ClosedLoop::~ClosedLoop() = default;

void ClosedLoop::StartOne() {
  slots_.push_back(std::make_unique<Slot>(this));
  slots_.back()->Send();
}

const Ask* ClosedLoop::Next() {
  const size_t next = next_++;
  if (stopped_ || (repeat_ == Repeat::kOnce && next >= asks_.size())) {
    return nullptr;
  }
  return &asks_[next % asks_.size()];
}

void StartOnePerPass(const Engine& engine, ClosedLoop& loop, int width) {
  const EngineMetrics& metrics = engine.metrics();
  for (int i = 0; i < width; ++i) {
    loop.StartOne();
    const int64_t passes = metrics.passes;
    while (metrics.passes == passes) std::this_thread::yield();
  }
}

BusyWindow MeasureBusy(const Engine& engine, double seconds) {
  const EngineMetrics& metrics = engine.metrics();
  const double busy = metrics.busy_seconds;
  const int64_t row_steps = metrics.row_steps, passes = metrics.passes;
  const auto start = SteadyClock::now();
  std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
  const double busy_seconds = metrics.busy_seconds - busy;
  const double rows = static_cast<double>(metrics.row_steps - row_steps);
  return {.seconds_per_row_step = busy_seconds / rows,
          .busy_fraction = busy_seconds / SecondsSince(start),
          .live_rows = rows / static_cast<double>(metrics.passes - passes)};
}

}  // namespace scoreserve::bench
