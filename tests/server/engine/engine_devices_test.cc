// An engine over several devices: two of the processor, which are told apart by
// the threads that serve them.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/notification.h"
#include "gtest/gtest.h"
#include "server/engine/engine.h"
#include "server/engine/warm_up.h"
#include "tests/server/engine/blocker.h"
#include "tests/support/test_models.h"
#include "tests/support/test_sinks.h"

namespace scoreserve {
namespace {

class ThreadSink : public ScoreSink {
 public:
  bool Cancelled() const override { return false; }
  void Done(absl::StatusOr<ScoreAnswer> answer) override {
    ok_ = answer.ok();
    thread_ = std::this_thread::get_id();
    done_.Notify();
  }

  // Who answered.
  std::thread::id thread() {
    done_.WaitForNotification();
    EXPECT_TRUE(ok_);
    return thread_;
  }

 private:
  bool ok_ = false;
  std::thread::id thread_;
  absl::Notification done_;
};

class ThreadTask : public QuantumTask {
 public:
  Instant RunPiece(Device&) override {
    thread_ = std::this_thread::get_id();
    done_.Notify();
    return Instant::max();
  }

  std::thread::id thread() {
    done_.WaitForNotification();
    return thread_;
  }

 private:
  std::thread::id thread_;
  absl::Notification done_;
};

std::shared_ptr<ModelSnapshot> ModelOn(size_t device) {
  auto model = std::make_shared<ModelSnapshot>();
  ModelFiles files = GaussianFiles(1, 0.5f);
  model->network = *LoadNetwork(files.config, files.arrays);
  model->target = *TargetOf(files.config, model->network->has_energy());
  model->config = std::move(files.config);
  model->max_batch_rows = 64;
  model->device = device;
  return model;
}

std::thread::id Answerer(Engine& engine,
                         const std::shared_ptr<const ModelSnapshot>& model) {
  ThreadSink sink;
  const float one = 1.0f;
  EXPECT_TRUE(engine
                  .Score({.model = model,
                          .x = {&one, 1},
                          .labels = {},
                          .sink = &sink,
                          .ticket = {}})
                  .ok());
  return sink.thread();
}

std::thread::id Runner(Engine& engine, size_t device, size_t place) {
  const auto task = std::make_shared<ThreadTask>();
  engine.Offer(device, place, task);
  return task->thread();
}

TEST(EngineDevicesTest, RequestsGoToTheLoopOfTheirModelsDevice) {
  Engine engine({.devices = {at::kCPU, at::kCPU}});
  EXPECT_EQ(engine.instances(), 2u);
  const std::thread::id first = Runner(engine, 0, 0);
  const std::thread::id second = Runner(engine, 1, 0);
  EXPECT_NE(first, second);
  for (int i = 0; i < 5; ++i) {
    // New ones: whose passes' time nobody knows, so none is computed here.
    EXPECT_EQ(Answerer(engine, ModelOn(0)), first);
    EXPECT_EQ(Answerer(engine, ModelOn(1)), second);
  }
}

TEST(EngineDevicesTest, TasksOfADeviceGoToItsLoopsByTheirPlace) {
  Engine engine({.devices = {at::kCPU, at::kCPU}, .instances = 2});
  EXPECT_EQ(engine.instances(), 4u);
  std::set<std::thread::id> all;
  for (size_t device = 0; device < 2; ++device) {
    std::set<std::thread::id> of;
    for (size_t place = 0; place < 6; ++place) {
      of.insert(Runner(engine, device, place));
      EXPECT_EQ(Runner(engine, device, place),
                Runner(engine, device, place + 2));
    }
    EXPECT_EQ(of.size(), 2u);
    all.merge(of);
  }
  EXPECT_EQ(all.size(), 4u);
}

TEST(EngineDevicesTest, AModelIsWarmedUpOnItsDevice) {
  Engine engine({.devices = {at::kCPU, at::kCPU}});
  // The other one is busy for as long.
  const auto blocker = std::make_shared<Blocker>();
  engine.Offer(0, 0, blocker);
  const auto model = ModelOn(1);
  WarmUp(engine, model);
  EXPECT_GT(model->rates->score.PassSeconds(64), 0.0);
  blocker->end.Notify();
}

TEST(EngineDevicesTest, WorkIsAccountedToTheModelsDevice) {
  Engine engine({.devices = {at::kCPU, at::kCPU}});
  const auto model = ModelOn(1);
  auto plan =
      (*FindSampler("langevin"))
          ->plan({{"step_size", 0.1}, {"num_steps", int64_t{1'000'000}}},
                 model->target);
  TestSampleSink sink;
  ASSERT_TRUE(engine
                  .Sample({.model = model,
                           .plan = std::make_shared<const SamplerPlan>(
                               *std::move(plan)),
                           .rows = 8,
                           .seed = 1,
                           .start = {},
                           .states_every = 0,
                           .deadline = Instant::max(),
                           .sink = &sink,
                           .ticket = {}})
                  .ok());
  EXPECT_EQ(engine.ledger().outstanding(0, WorkClass::kSampling), 0);
  EXPECT_EQ(engine.ledger().outstanding(WorkClass::kSampling), 8'000'000);
  sink.Cancel();
  EXPECT_EQ(sink.status().code(), absl::StatusCode::kCancelled);
}

}  // namespace
}  // namespace scoreserve
