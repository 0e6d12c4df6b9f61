// A device loop that a test drives by hand: no thread, a clock that stands
// still until it is moved, and a device that can be two passes deep.

#ifndef SCORESERVE_TESTS_SERVER_ENGINE_LOOP_HARNESS_H_
#define SCORESERVE_TESTS_SERVER_ENGINE_LOOP_HARNESS_H_

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "models/samplers/sampler.h"
#include "server/engine/clock.h"
#include "server/engine/device.h"
#include "server/engine/device_loop.h"
#include "tests/support/test_models.h"
#include "tests/support/test_sinks.h"

namespace scoreserve {

class ManualClock : public Clock {
 public:
  Instant Now() const override { return now_; }
  void Advance(std::chrono::milliseconds by) { now_ += by; }

 private:
  Instant now_{};
};

// Computes, but not before Finish(), as a real accelerator may; of depth 0, as
// the device that it wraps does.
class DeepDevice : public Device {
 public:
  DeepDevice(int depth, std::unique_ptr<Device> device)
      : depth_(depth), device_(std::move(device)) {}

  int pipeline_depth() const override {
    return depth_ == 0 ? device_->pipeline_depth() : depth_;
  }
  void Begin(Pass& pass) override {
    begun_.push_back(&pass);
    if (depth_ == 0) device_->Begin(pass);
    if (static_cast<int>(begun_.size()) > deepest_) {
      deepest_ = static_cast<int>(begun_.size());
    }
  }
  absl::Status Finish(Pass& pass) override {
    if (begun_.front() != &pass) return absl::InternalError("out of order");
    begun_.pop_front();
    if (fail_next_) {
      fail_next_ = false;
      return absl::InternalError("the network failed: by order of the test");
    }
    if (depth_ > 0) device_->Begin(pass);
    return device_->Finish(pass);
  }

  bool CaptureNext(Pass& pass) override { return device_->CaptureNext(pass); }

  void FailNext() { fail_next_ = true; }
  int deepest() const { return deepest_; }

 private:
  std::unique_ptr<Pass> MakePass(const ScoreNetwork* network, int64_t max_rows,
                                 bool energies) override {
    return *device_->NewPass(network, max_rows, energies);
  }

  const int depth_;
  const std::unique_ptr<Device> device_;
  std::deque<Pass*> begun_;
  int deepest_ = 0;
  bool fail_next_ = false;
};

class LoopHarness {
 public:
  explicit LoopHarness(int depth = 1) : LoopHarness(NewCpuDevice(1), depth) {}
  explicit LoopHarness(std::unique_ptr<Device> device, int depth = 1)
      : device_(depth, std::move(device)),
        loop_(&device_, &metrics_, &clock_) {}

  ManualClock& clock() { return clock_; }
  DeepDevice& device() { return device_; }
  DeviceLoop& loop() { return loop_; }
  EngineMetrics& metrics() { return metrics_; }
  int64_t passes() const { return metrics_.passes; }

  // A query of `rows` rows whose coordinates are all `value`.
  std::unique_ptr<TestScoreSink> Query(
      std::shared_ptr<const ModelSnapshot> model, int64_t rows,
      float value = 1.0f, Instant deadline = Instant::max()) {
    auto sink = std::make_unique<TestScoreSink>();
    inputs_.push_back(std::vector<float>(rows * model->dim(), value));
    (void)loop_.inbox().Offer(ScoreQuery{.model = std::move(model),
                                         .x = inputs_.back(),
                                         .labels = {},
                                         .deadline = deadline,
                                         .sink = sink.get(),
                                         .ticket = {}});
    return sink;
  }

  // Langevin with a step size of 0.1.
  std::unique_ptr<TestSampleSink> Sample(
      std::shared_ptr<const ModelSnapshot> model, int64_t rows, int64_t steps,
      uint64_t seed = 1, double step_size = 0.1, int64_t states_every = 0,
      Instant deadline = Instant::max()) {
    auto sink = std::make_unique<TestSampleSink>();
    auto plan = (*FindSampler("langevin"))
                    ->plan({{"step_size", step_size}, {"num_steps", steps}},
                           model->target);
    (void)loop_.inbox().Offer(SampleRequest{
        .model = std::move(model),
        .plan = std::make_shared<const SamplerPlan>(*std::move(plan)),
        .rows = rows,
        .seed = seed,
        .start = {},
        .states_every = states_every,
        .deadline = deadline,
        .sink = sink.get(),
        .ticket = {}});
    return sink;
  }

  // One round; false where there was nothing to compute.
  bool Round() { return loop_.RunOnce(absl::ZeroDuration()); }
  void RunDry() {
    while (Round()) {
    }
  }

 private:
  ManualClock clock_;
  DeepDevice device_;
  EngineMetrics metrics_;
  std::deque<std::vector<float>> inputs_;
  DeviceLoop loop_;
};

}  // namespace scoreserve

#endif  // SCORESERVE_TESTS_SERVER_ENGINE_LOOP_HARNESS_H_
