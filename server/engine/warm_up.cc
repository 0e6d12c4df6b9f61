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
  Passes(const ModelSnapshot& model, bool energies)
      : model_(model),
        pass_(model.network.get(), model.max_batch_rows, energies) {
    FillBlank(model.config, pass_);
  }

  // False once that was the last.
  bool RunOne(Device& device) {
    const Instant from = Clock::Real()->Now();
    device.Begin(pass_);
    if (!device.Finish(pass_).ok()) return false;
    const double seconds = SecondsBetween(from, Clock::Real()->Now());
    seconds_ += seconds;
    const bool late = seconds_ > kPatience;
    // The first of a size allocates what later ones reuse.
    const bool measured = std::exchange(seen_, true);
    if (measured || late)
      model_.rates->Of(pass_.energies).Observe(pass_.rows, seconds);
    if (!measured) return !late;
    if (late || pass_.rows == model_.max_batch_rows) return false;
    pass_.rows = std::min(2 * pass_.rows, model_.max_batch_rows);
    seen_ = false;
    return true;
  }

 private:
  const ModelSnapshot& model_;
  Pass pass_;
  double seconds_ = 0.0;
  bool seen_ = false;  // This size, once.
};

// As a task: lets `ended` know when it is let go.
class WarmUpTask final : public QuantumTask {
 public:
  WarmUpTask(std::shared_ptr<const ModelSnapshot> model,
             std::shared_ptr<absl::Notification> ended)
      : model_(std::move(model)),
        ended_(std::move(ended)),
        passes_(std::make_unique<Passes>(*model_, /*energies=*/false)),
        energies_left_(model_->network->has_energy()) {}
  ~WarmUpTask() override { ended_->Notify(); }

  Instant RunPiece(Device& device) override {
    if (passes_->RunOne(device)) return Instant::min();
    if (!std::exchange(energies_left_, false)) return Instant::max();
    passes_ = std::make_unique<Passes>(*model_, /*energies=*/true);
    return Instant::min();
  }

 private:
  const std::shared_ptr<const ModelSnapshot> model_;
  const std::shared_ptr<absl::Notification> ended_;
  std::unique_ptr<Passes> passes_;
  bool energies_left_;
};

void RunPasses(const ModelSnapshot& model, bool energies, Device& device) {
  Passes passes(model, energies);
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
