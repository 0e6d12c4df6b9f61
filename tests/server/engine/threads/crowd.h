// Many threads that ask one engine at once.

#ifndef SCORESERVE_TESTS_SERVER_ENGINE_THREADS_CROWD_H_
#define SCORESERVE_TESTS_SERVER_ENGINE_THREADS_CROWD_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "models/samplers/sampler.h"
#include "server/engine/engine.h"
#include "tests/support/test_models.h"
#include "tests/support/test_sinks.h"

namespace scoreserve {

// Threads that are all joined before it goes.
class Crowd {
 public:
  Crowd() = default;
  ~Crowd() { Join(); }
  Crowd(const Crowd&) = delete;
  Crowd& operator=(const Crowd&) = delete;

  // `count` threads that run `work`(0 … count − 1).
  void Add(int count, const std::function<void(int)>& work) {
    for (int i = 0; i < count; ++i) threads_.emplace_back(work, i);
  }
  void Join() {
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }

 private:
  std::vector<std::thread> threads_;
};

// What becomes of a request, taken from its number so that every kind meets
// every other.
enum class Fate { kPatient, kCancelled, kLate, kHurried };
inline Fate FateOf(int64_t number) { return static_cast<Fate>(number % 4); }

inline Instant DeadlineOf(Fate fate) {
  const Instant now = Clock::Real()->Now();
  if (fate == Fate::kLate) return now;
  if (fate == Fate::kHurried) return now + std::chrono::microseconds(300);
  return Instant::max();
}

// One query with its rows, all of whose coordinates are 1.
struct AskedScore {
  std::vector<float> x;
  TestScoreSink sink;

  absl::Status Ask(Engine& engine, std::shared_ptr<const ModelSnapshot> model,
                   int64_t rows, Fate fate) {
    x.assign(rows * model->dim(), 1.0f);
    const absl::Status asked = engine.Score({.model = std::move(model),
                                             .x = x,
                                             .labels = {},
                                             .deadline = DeadlineOf(fate),
                                             .sink = &sink,
                                             .ticket = {}});
    if (fate == Fate::kCancelled) sink.Cancel();
    return asked;
  }
};

// One request for samples by Langevin.
struct AskedSamples {
  TestSampleSink sink;

  absl::Status Ask(Engine& engine,
                   const std::shared_ptr<const ModelSnapshot>& model,
                   int64_t rows, int64_t steps, Fate fate,
                   std::optional<Instant::duration> state_interval = {}) {
    auto plan =
        (*FindSampler("langevin"))
            ->plan({{"step_size", 0.1}, {"num_steps", steps}}, model->target);
    const absl::Status asked = engine.Sample(
        {.model = model,
         .plan = std::make_shared<const SamplerPlan>(*std::move(plan)),
         .rows = rows,
         .seed = 1,
         .start = {},
         .states_every = 5,
         .state_interval = state_interval,
         .deadline = DeadlineOf(fate),
         .sink = &sink,
         .ticket = {}});
    if (fate == Fate::kCancelled) sink.Cancel();
    return asked;
  }
};

// Whether a request of this fate may be refused so at the door.
inline bool MayRefuse(Fate fate, const absl::Status& status) {
  return fate == Fate::kHurried && absl::IsResourceExhausted(status);
}

// Whether `status` is an end that a request of this fate may have.
inline bool Fits(Fate fate, const absl::Status& status) {
  if (status.ok()) return fate != Fate::kLate;
  if (fate == Fate::kCancelled) return absl::IsCancelled(status);
  return fate != Fate::kPatient && absl::IsDeadlineExceeded(status);
}

}  // namespace scoreserve

#endif  // SCORESERVE_TESTS_SERVER_ENGINE_THREADS_CROWD_H_
