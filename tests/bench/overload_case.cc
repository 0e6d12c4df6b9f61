#include "tests/bench/overload_case.h"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "tests/bench/closed_loop.h"
#include "tests/bench/in_process.h"
#include "tests/bench/machine.h"
#include "tests/bench/mix.h"

namespace scoreserve::bench {
namespace {

constexpr int kTogether = 64;
constexpr double kOffered = 2.0;  // Times the capacity.
constexpr double kSeconds = 5.0;

struct Outcomes {
  std::atomic<int64_t> in_time = 0, late = 0;
};

// Counts how its request ends, and goes with it.
class Arrival final : public SampleSink {
 public:
  explicit Arrival(Outcomes* outcomes) : outcomes_(outcomes) {}

  bool Cancelled() const override { return false; }
  void Progress(int64_t) override {}
  void States(int64_t, int64_t, absl::Span<const float>) override {}
  void State(const BlockState&) override {}
  void Stopped(StopReason) override { std::abort(); }
  void Done(absl::StatusOr<std::vector<float>> samples) override {
    ++(samples.ok() ? outcomes_->in_time : outcomes_->late);
    delete this;
  }

 private:
  Outcomes* const outcomes_;
};

// Requests a second, many at a time.
double Capacity(const Engine& engine, const std::vector<Ask>& asks,
                ClosedLoop& load) {
  StartOnePerPass(engine, load, kTogether);
  const BusyWindow busy = MeasureBusy(engine, 1.0);
  load.Stop();
  load.Wait();
  return busy.busy_fraction / (busy.seconds_per_row_step *
                               static_cast<double>(asks.front().row_steps()));
}

}  // namespace

std::vector<Figure> Overload(Engine& engine, at::Device device) {
  const auto model = BenchModel(/*max_batch_rows=*/1024, device);
  const std::vector<Ask> asks = LangevinAsks(model, kTogether, 4, 100);
  ClosedLoop load(&engine, asks, kTogether, ClosedLoop::Repeat::kForever);
  const double capacity = Capacity(engine, asks, load);
  // As long as four times kTogether take.
  const auto patience = std::chrono::duration_cast<Instant::duration>(
      std::chrono::duration<double>(4 * kTogether / capacity));

  Outcomes outcomes;
  int64_t offered = 0, accepted = 0;
  const Instant start = Clock::Real()->Now();
  for (;; ++offered) {
    const Instant due =
        start + std::chrono::duration_cast<Instant::duration>(
                    std::chrono::duration<double>(static_cast<double>(offered) /
                                                  (kOffered * capacity)));
    if (SecondsBetween(start, due) > kSeconds) break;
    std::this_thread::sleep_until(due);
    auto arrival = std::make_unique<Arrival>(&outcomes);
    const Ask& ask = asks[offered % asks.size()];
    const absl::Status status = engine.Sample({.model = ask.model,
                                               .plan = ask.plan,
                                               .rows = ask.rows,
                                               .seed = ask.seed,
                                               .start = {},
                                               .deadline = due + patience,
                                               .sink = arrival.get(),
                                               .ticket = {}});
    if (!status.ok()) continue;
    arrival.release();
    ++accepted;
  }
  while (outcomes.in_time + outcomes.late < accepted) std::this_thread::yield();
  const auto in_time = static_cast<double>(outcomes.in_time);
  const double seconds = SecondsBetween(start, Clock::Real()->Now());
  return {
      {.name = "overload: accepted",
       .value = static_cast<double>(accepted) / seconds,
       .unit = "requests/s",
       .reference = "offered",
       .ratio = static_cast<double>(accepted) / static_cast<double>(offered),
       .at_least = {},
       .at_most = {}},
      {.name = "  in time",
       .value = in_time / seconds,
       .unit = "requests/s",
       .reference = "accepted",
       .ratio = in_time / static_cast<double>(accepted),
       .at_least = 0.99,
       .at_most = {}},
      {.name = "  in time",
       .value = in_time / seconds,
       .unit = "requests/s",
       .reference = "as many as 64 at a time make",
       .ratio = in_time / seconds / capacity,
       .at_least = 0.9,
       .at_most = {}}};
}

}  // namespace scoreserve::bench
