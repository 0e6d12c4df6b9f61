#ifndef SCORESERVE_SERVER_ENGINE_ENGINE_H_
#define SCORESERVE_SERVER_ENGINE_ENGINE_H_

#include <memory>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "server/engine/clock.h"
#include "server/engine/device.h"
#include "server/engine/device_loop.h"
#include "server/engine/limits.h"
#include "server/engine/metrics.h"
#include "server/engine/work.h"
#include "server/engine/work_ledger.h"

namespace scoreserve {

// The door to the device: checks requests, accounts for them and hands them to
// the device's thread, which it owns. Never waits for a computation.
// Thread-safe.
class Engine {
 public:
  struct Options {
    at::Device device = at::kCPU;  // Where the networks of all requests lie.
    int threads = 1;               // Of one forward pass on a processor.
    Limits limits;
    WorkLedger::Options ledger;
  };

  explicit Engine(const Options& options, const Clock* clock = Clock::Real());
  // Ends all work with UNAVAILABLE unless Drain() was called.
  ~Engine();

  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  const Limits& limits() const { return limits_; }
  const Clock& clock() const { return *clock_; }

  // Takes the work iff OK; its sink then gets Done() exactly once. The ticket
  // is filled here. INVALID_ARGUMENT naming the field, RESOURCE_EXHAUSTED, or
  // UNAVAILABLE after Drain() has begun.
  absl::Status Score(ScoreQuery query);
  absl::Status Sample(SampleRequest request);

  // What the bits of a path on `model` depend on here; see numerics.h.
  std::string NumericsOf(const ModelSnapshot& model) const;

  // Refuses new work, stops samplers that have asked for states, gives what
  // there is `patience` to end by itself and ends the rest with UNAVAILABLE.
  // Returns when the device's thread has ended.
  void Drain(absl::Duration patience) ABSL_LOCKS_EXCLUDED(join_mu_);

  const EngineMetrics& metrics() const { return metrics_; }
  EngineMetrics& metrics() { return metrics_; }
  const WorkLedger& ledger() const { return ledger_; }

 private:
  const int threads_;
  const Limits limits_;
  const Clock* const clock_;
  EngineMetrics metrics_;
  WorkLedger ledger_;
  const std::unique_ptr<Device> device_;
  DeviceLoop loop_;
  absl::Notification ended_;
  absl::Mutex join_mu_;  // Whoever drains may join; several may drain.
  std::thread thread_ ABSL_GUARDED_BY(join_mu_);
};

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_ENGINE_ENGINE_H_
