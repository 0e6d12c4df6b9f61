#ifndef SCORESERVE_SERVER_ENGINE_ENGINE_H_
#define SCORESERVE_SERVER_ENGINE_ENGINE_H_

#include <cstddef>
#include <memory>
#include <string>
#include <thread>
#include <vector>

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
#include "server/engine/scheduler.h"
#include "server/engine/work.h"
#include "server/engine/work_ledger.h"

namespace scoreserve {

// The door to the devices: checks requests, accounts for them and hands each to
// a loop of its model's device, the one whose work of that class is least,
// whose thread it owns. Computes
// a short query itself where that thread sleeps; waits for no other
// computation. Thread-safe.
class Engine {
 public:
  struct Options {
    // Where the networks of requests lie (ModelSnapshot::device), at least one.
    std::vector<at::Device> devices = {at::kCPU};
    // Loops over each, at least 1; more than one on processors only.
    int instances = 1;
    int threads = 1;  // Of one forward pass on a processor.
    Limits limits = {};
    WorkLedger::Options ledger = {};
    ByClass<double> weights = Scheduler::kDefaultWeights;
    // Of each device's time, that quanta of tasks get while it serves.
    double training_share = kDefaultTrainingShare;
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

  // Has a loop of the device do the task's pieces; always the same loop for one
  // `place`, which may be any number. A task that it has already is woken.
  // After Drain() has begun it is let go undone.
  void Offer(size_t device, size_t place, std::shared_ptr<QuantumTask> task);

  // What the bits of a path on `model` depend on here; see numerics.h.
  std::string NumericsOf(const ModelSnapshot& model) const;

  // Refuses new work, stops samplers that have asked for states, gives what
  // there is `patience` to end by itself and ends the rest with UNAVAILABLE.
  // Returns when the devices' threads have ended.
  void Drain(absl::Duration patience) ABSL_LOCKS_EXCLUDED(join_mu_);

  // Where a device is, as ModelSnapshot::device counts them.
  at::Device device(size_t index) const { return devices_[index]; }

  // How many loops there are, over all devices.
  size_t instances() const { return instances_.size(); }

  const EngineMetrics& metrics() const { return metrics_; }
  EngineMetrics& metrics() { return metrics_; }
  const WorkLedger& ledger() const { return ledger_; }

 private:
  // A loop over a device, and its thread.
  struct Instance {
    Instance(const Options& options, at::Device device, EngineMetrics* metrics,
             const Clock* clock);

    const std::unique_ptr<Device> device;
    DeviceLoop loop;
    absl::Notification ended;
    std::thread thread;
  };

  // What both kinds of requests ask of the ledger, whose devices are the loops:
  // of those of the model's device, the least loaded.
  WorkAsked Ask(WorkClass work_class, const ModelSnapshot& model,
                bool energies) const;

  const std::vector<at::Device> devices_;
  const size_t loops_;  // Of each.
  const int threads_;
  const Limits limits_;
  const Clock* const clock_;
  EngineMetrics metrics_;
  WorkLedger ledger_;
  // Those of the first device, then those of the second, ….
  std::vector<std::unique_ptr<Instance>> instances_;
  absl::Mutex join_mu_;  // Whoever drains may join; several may drain.
};

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_ENGINE_ENGINE_H_
