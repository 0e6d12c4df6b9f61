#include "server/engine/warm_up.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>

#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "server/engine/clock.h"
#include "server/engine/model_memory.h"
#include "server/engine/pass.h"
#include "server/engine/quantum_task.h"

namespace scoreserve {
namespace {

constexpr double kPatience = 0.1;  // Seconds.
// Of quanta that a loaded device may not have for a while, or ever where
// --training-share is 0.
constexpr absl::Duration kMostWait = absl::Seconds(10);

// Passes that evaluate scores alone, or energies too. A piece is one of them.
class Passes {
 public:
  Passes(const ModelSnapshot& model, std::unique_ptr<Pass> pass)
      : model_(model), pass_(std::move(pass)) {
    FillBlank(model.config, *pass_);
  }

  // False once that was the last. Passes of which the device has captured
  // something are left to the model's lanes.
  bool RunOne(Device& device) {
    if (timing_) {
      timing_ = TimeOne(device);
      return true;
    }
    if (device.CaptureNext(*pass_)) {
      captured_ = true;
      return true;
    }
    if (!captured_) return false;
    model_.warm_passes->Put(std::move(pass_));
    captured_ = false;
    // For each of the lanes that queries have there (lane.h).
    if (++passes_kept_ == device.pipeline_depth()) return false;
    auto next = device.NewPass(model_.network.get(), model_.max_batch_rows,
                               /*energies=*/false);
    if (next.ok()) pass_ = *std::move(next);
    return next.ok();
  }

 private:
  // False once there is no larger one to time.
  bool TimeOne(Device& device) {
    const Instant from = Clock::Real()->Now();
    device.Begin(*pass_);
    if (!device.Finish(*pass_).ok()) return false;
    const double seconds = SecondsBetween(from, Clock::Real()->Now());
    seconds_ += seconds;
    const bool late = seconds_ > kPatience;
    // The first of a size allocates what later ones reuse.
    const bool measured = std::exchange(seen_, true);
    if (measured || late)
      model_.rates->Of(pass_->energies).Observe(pass_->rows, seconds);
    if (!measured) return !late;
    if (late || pass_->rows == model_.max_batch_rows) return false;
    pass_->rows = std::min(2 * pass_->rows, model_.max_batch_rows);
    seen_ = false;
    return true;
  }

  const ModelSnapshot& model_;
  std::unique_ptr<Pass> pass_;
  double seconds_ = 0.0;
  bool seen_ = false;  // This size, once.
  bool timing_ = true;
  bool captured_ = false;
  int passes_kept_ = 0;
};

// As a task: lets `ended` know when it is let go.
class WarmUpTask final : public QuantumTask {
 public:
  WarmUpTask(std::shared_ptr<const ModelSnapshot> model,
             std::shared_ptr<absl::Notification> ended)
      : model_(std::move(model)), ended_(std::move(ended)) {}
  ~WarmUpTask() override { ended_->Notify(); }

  Instant RunPiece(Device& device) override {
    if (passes_ == nullptr) {
      auto pass = device.NewPass(model_->network.get(), model_->max_batch_rows,
                                 energies_);
      if (!pass.ok()) return Instant::max();  // Requests will say so.
      passes_ = std::make_unique<Passes>(*model_, *std::move(pass));
    }
    if (passes_->RunOne(device)) return Instant::min();
    if (energies_ || !model_->network->has_energy()) return Instant::max();
    energies_ = true;
    passes_ = nullptr;
    return Instant::min();
  }

 private:
  const std::shared_ptr<const ModelSnapshot> model_;
  const std::shared_ptr<absl::Notification> ended_;
  std::unique_ptr<Passes> passes_;
  bool energies_ = false;  // Of passes_.
};

void RunPasses(const ModelSnapshot& model, bool energies, Device& device) {
  auto pass =
      device.NewPass(model.network.get(), model.max_batch_rows, energies);
  if (!pass.ok()) return;
  Passes passes(model, *std::move(pass));
  while (passes.RunOne(device)) {
  }
}

}  // namespace

void WarmUp(const ModelSnapshot& model, Device& device) {
  RunPasses(model, /*energies=*/false, device);
  if (model.network->has_energy()) RunPasses(model, /*energies=*/true, device);
}

void WarmUp(Engine& engine, const std::shared_ptr<const ModelSnapshot>& model) {
  auto ended = std::make_shared<absl::Notification>();
  engine.Offer(model->device, /*place=*/0,
               std::make_shared<WarmUpTask>(model, ended));
  ended->WaitForNotificationWithTimeout(kMostWait);
}

}  // namespace scoreserve
