#include <memory>
#include <utility>

#include "ATen/Parallel.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "c10/core/InferenceMode.h"
#include "models/networks/score_network.h"
#include "server/engine/device.h"
#include "server/engine/evaluate.h"

namespace scoreserve {
namespace {

class CpuDevice : public Device {
 public:
  explicit CpuDevice(int threads) : threads_(threads) {}

  int pipeline_depth() const override { return 1; }

  // More would have to be started with it.
  bool any_thread() const override { return threads_ == 1; }

  void Prepare() override {
    thread_local int threads = 0;
    if (std::exchange(threads, threads_) != threads_)
      at::set_num_threads(threads_);
  }

  void Begin(Pass& pass) override {
    // Both are settings of the calling thread.
    Prepare();
    const c10::InferenceMode inference;
    status_ = Compute(pass);
  }

  absl::Status Finish(Pass&) override {
    return std::exchange(status_, absl::OkStatus());
  }

 private:
  static absl::Status Compute(Pass& pass) {
    absl::StatusOr<ScoreAndEnergy> both = Evaluate(pass, pass.input(), [] {});
    if (!both.ok()) return both.status();
    pass.score = std::move(both->score);
    pass.energy = std::move(both->energy);
    pass.StepRows();
    return absl::OkStatus();
  }

  const int threads_;
  absl::Status status_;  // Of the pass that is begun.
};

}  // namespace

std::unique_ptr<Device> NewCpuDevice(int threads) {
  return std::make_unique<CpuDevice>(threads);
}

}  // namespace scoreserve
