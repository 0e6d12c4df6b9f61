#ifndef SCORESERVE_TESTS_BENCH_CLOSED_LOOP_H_
#define SCORESERVE_TESTS_BENCH_CLOSED_LOOP_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/synchronization/blocking_counter.h"
#include "server/engine/engine.h"

namespace scoreserve::bench {

// A request for samples, ready to be sent: its table is built.
struct Ask {
  std::shared_ptr<const ModelSnapshot> model;
  std::shared_ptr<const SamplerPlan> plan;
  int64_t rows = 1;
  uint64_t seed = 0;
  bool deterministic = false;

  int64_t row_steps() const { return rows * plan->table.num_steps(); }
};

// Keeps `width` requests at an engine: whichever ends is replaced by the next
// of `asks`, once through the list or round and round. StartOne() and what
// follows it by one thread.
class ClosedLoop {
 public:
  enum class Repeat { kOnce, kForever };

  // `engine` outlives the loop; width ≤ asks.size() where it goes once through.
  ClosedLoop(Engine* engine, std::vector<Ask> asks, int width, Repeat repeat);
  ~ClosedLoop();

  // Sends the first request of the next of the `width`.
  void StartOne();
  // Ends what runs at its next step and sends no more.
  void Stop() { stopped_ = true; }
  // Until all that was started has ended.
  void Wait() { running_.Wait(); }

 private:
  class Slot;

  // The next to be sent; null when there is none.
  const Ask* Next();

  Engine* const engine_;
  const std::vector<Ask> asks_;
  const Repeat repeat_;
  std::atomic<size_t> next_ = 0;
  std::atomic<bool> stopped_ = false;
  absl::BlockingCounter running_;
  std::vector<std::unique_ptr<Slot>> slots_;
};

// Starts all of `loop`, one in every pass of the device.
void StartOnePerPass(const Engine& engine, ClosedLoop& loop, int width);

// What the device did for about `seconds`.
struct BusyWindow {
  double seconds_per_row_step = 0.0;
  double busy_fraction = 0.0;
  double live_rows = 0.0;  // A pass, on average.
};
BusyWindow MeasureBusy(const Engine& engine, double seconds);

}  // namespace scoreserve::bench

#endif  // SCORESERVE_TESTS_BENCH_CLOSED_LOOP_H_
