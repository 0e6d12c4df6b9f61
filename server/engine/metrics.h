// Plain counters of the engine. Whoever shows them takes a Snapshot().

#ifndef SCORESERVE_SERVER_ENGINE_METRICS_H_
#define SCORESERVE_SERVER_ENGINE_METRICS_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace scoreserve {

// Counts observations by upper bound. Thread-safe; never blocks.
class Histogram {
 public:
  struct Snapshot {
    std::vector<double>
        bounds;  // Upper bounds, ascending; the last bucket has none.
    std::vector<int64_t> counts;  // bounds.size() + 1, not cumulative.
    double sum = 0.0;
  };

  explicit Histogram(std::vector<double> bounds)
      : bounds_(std::move(bounds)),
        counts_(std::make_unique<std::atomic<int64_t>[]>(bounds_.size() + 1)) {}

  void Record(double value) {
    size_t bucket = 0;
    while (bucket < bounds_.size() && value > bounds_[bucket]) ++bucket;
    counts_[bucket].fetch_add(1, std::memory_order_relaxed);
    sum_.fetch_add(value, std::memory_order_relaxed);
  }

  Snapshot Take() const {
    Snapshot snapshot = {.bounds = bounds_, .counts = {}, .sum = sum_.load()};
    for (size_t i = 0; i <= bounds_.size(); ++i) {
      snapshot.counts.push_back(counts_[i].load(std::memory_order_relaxed));
    }
    return snapshot;
  }

 private:
  const std::vector<double> bounds_;
  const std::unique_ptr<std::atomic<int64_t>[]> counts_;
  std::atomic<double> sum_ = 0.0;
};

// What the device loops of an engine did so far. Written by their threads, read
// by anybody.
struct EngineMetrics {
  std::atomic<int64_t> passes = 0;      // Begun.
  std::atomic<int64_t> query_rows = 0;  // Answered.
  std::atomic<int64_t> row_steps = 0;   // Rows of samplers times steps.
  std::atomic<int64_t> dropped = 0;     // Cancelled or expired before the end.
  std::atomic<int64_t> divergences =
      0;  // Ended by a value that was not finite.
  std::atomic<int64_t> waiting_query_rows = 0;
  std::atomic<int64_t> waiting_sampling_rows = 0;  // In no pass.
  std::atomic<int64_t> live_trajectories =
      0;  // Blocks of rows in a lane or waiting.
  std::atomic<int64_t> parked_blocks = 0;  // Of those, copied out of a pass.
  std::atomic<int64_t> parkings = 0;       // How often one was.
  std::atomic<double> busy_seconds = 0.0;  // From pick to deliver.
  std::atomic<double> longest_pass_seconds = 0.0;  // Reset by who reads it.

  std::atomic<int64_t> quanta = 0;           // Of training, checks, warm-ups.
  std::atomic<double> quanta_seconds = 0.0;  // Not among the busy ones.

  std::atomic<int64_t> recoveries = 0;  // Jobs that a start took up again.

  void SawQuantum(double seconds) {
    quanta.fetch_add(1, std::memory_order_relaxed);
    quanta_seconds.fetch_add(seconds, std::memory_order_relaxed);
    quantum_seconds.Record(seconds);
  }

  void SawPass(double seconds) {
    double longest = longest_pass_seconds.load(std::memory_order_relaxed);
    while (seconds > longest &&
           !longest_pass_seconds.compare_exchange_weak(longest, seconds)) {
    }
  }

  Histogram batch_rows{
      {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096}};
  Histogram forward_seconds{{1e-5, 2e-5, 5e-5, 1e-4, 2e-4, 5e-4, 1e-3, 2e-3,
                             5e-3, 1e-2, 2e-2, 5e-2, 0.1, 0.2, 0.5, 1.0}};
  Histogram quantum_seconds{{1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 1e-2, 1.5e-2,
                             2e-2, 5e-2, 0.1, 0.2, 0.5, 1.0}};
  // In how manieth pass begun after TakeAll() returned it a query was answered.
  Histogram query_passes{{1, 2, 3, 4, 8, 16, 64}};
};

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_ENGINE_METRICS_H_
