#include "tests/bench/overload_case.h"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

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

  void Count(bool ok) { ++(ok ? in_time : late); }
};

// Each of these counts how its request ends, and goes with it.
class SampleArrival final : public SampleSink {
 public:
  explicit SampleArrival(Outcomes* outcomes) : outcomes_(outcomes) {}

  bool Cancelled() const override { return false; }
  void Progress(int64_t) override {}
  void States(int64_t, int64_t, absl::Span<const float>) override {}
  void State(const BlockState&) override {}
  void Stopped(StopReason) override { std::abort(); }
  void Done(absl::StatusOr<std::vector<float>> samples) override {
    outcomes_->Count(samples.ok());
    delete this;
  }

 private:
  Outcomes* const outcomes_;
};

class ScoreArrival final : public ScoreSink {
 public:
  explicit ScoreArrival(Outcomes* outcomes) : outcomes_(outcomes) {}

  bool Cancelled() const override { return false; }
  void Done(absl::StatusOr<ScoreAnswer> answer) override {
    outcomes_->Count(answer.ok());
    delete this;
  }

 private:
  Outcomes* const outcomes_;
};

Instant::duration Seconds(double seconds) {
  return std::chrono::duration_cast<Instant::duration>(
      std::chrono::duration<double>(seconds));
}

// Requests arrive at kOffered times `capacity` a second; each is to be done
// `patience` later. `send` says whether the one with that number, deadline and
// place for its outcome was accepted.
std::vector<Figure> Offer(
    const std::string& name, double capacity, Instant::duration patience,
    const std::function<bool(int64_t, Instant, Outcomes*)>& send) {
  Outcomes outcomes;
  int64_t offered = 0, accepted = 0;
  const Instant start = Clock::Real()->Now();
  for (;; ++offered) {
    const Instant due =
        start + Seconds(static_cast<double>(offered) / (kOffered * capacity));
    if (SecondsBetween(start, due) > kSeconds) break;
    std::this_thread::sleep_until(due);
    accepted += send(offered, due + patience, &outcomes);
  }
  while (outcomes.in_time + outcomes.late < accepted) std::this_thread::yield();
  const auto in_time = static_cast<double>(outcomes.in_time);
  const double seconds = SecondsBetween(start, Clock::Real()->Now());
  return {
      {.name = name + ": accepted",
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
       .reference = "what the device can do, alone",
       .ratio = in_time / seconds / capacity,
       .at_least = 0.9,
       .at_most = {}}};
}

std::vector<Figure> SamplersInOverload(
    Engine& engine, const std::shared_ptr<const ModelSnapshot>& model) {
  const std::vector<Ask> asks = LangevinAsks(model, kTogether, 4, 100);
  ClosedLoop load(&engine, asks, kTogether, ClosedLoop::Repeat::kForever);
  StartOnePerPass(engine, load, kTogether);
  const BusyWindow busy = MeasureBusy(engine, 1.0);
  load.Stop();
  load.Wait();
  const double capacity =
      busy.busy_fraction / (busy.seconds_per_row_step *
                            static_cast<double>(asks.front().row_steps()));
  // They have as long as four times kTogether take.
  return Offer("overload of samplers", capacity,
               Seconds(4 * kTogether / capacity),
               [&](int64_t number, Instant deadline, Outcomes* outcomes) {
                 auto arrival = std::make_unique<SampleArrival>(outcomes);
                 const Ask& ask = asks[number % asks.size()];
                 const bool accepted = engine
                                           .Sample({.model = ask.model,
                                                    .plan = ask.plan,
                                                    .rows = ask.rows,
                                                    .seed = ask.seed,
                                                    .start = {},
                                                    .deadline = deadline,
                                                    .sink = arrival.get(),
                                                    .ticket = {}})
                                           .ok();
                 if (accepted) arrival.release();
                 return accepted;
               });
}

std::vector<Figure> QueriesInOverload(
    Engine& engine, const std::shared_ptr<const ModelSnapshot>& model) {
  constexpr int64_t kRows = 64;
  const std::vector<float> x(kRows * kDim, 0.5f);
  const double capacity =
      InProcessRate(*model, model->max_batch_rows, 1.0) / kRows;
  // They have as long as kTogether take.
  return Offer("overload of queries", capacity, Seconds(kTogether / capacity),
               [&](int64_t, Instant deadline, Outcomes* outcomes) {
                 auto arrival = std::make_unique<ScoreArrival>(outcomes);
                 const bool accepted = engine
                                           .Score({.model = model,
                                                   .x = x,
                                                   .labels = {},
                                                   .deadline = deadline,
                                                   .sink = arrival.get(),
                                                   .ticket = {}})
                                           .ok();
                 if (accepted) arrival.release();
                 return accepted;
               });
}

}  // namespace

std::vector<Figure> Overload(Engine& engine, at::Device device) {
  const auto model = BenchModel(/*max_batch_rows=*/1024, device);
  std::vector<Figure> figures = SamplersInOverload(engine, model);
  for (Figure& figure : QueriesInOverload(engine, model))
    figures.push_back(std::move(figure));
  return figures;
}

}  // namespace scoreserve::bench
