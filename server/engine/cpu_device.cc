#include <cstdint>
#include <exception>
#include <memory>
#include <utility>

#include "ATen/Parallel.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "c10/core/InferenceMode.h"
#include "models/networks/guidance.h"
#include "models/status.h"
#include "server/engine/device.h"

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
  // The one place where LibTorch's exceptions end.
  static absl::Status Compute(Pass& pass) {
    try {
      pass.workspace.Begin();
      Evaluate(pass);
    } catch (const std::exception& error) {
      return WithReason(absl::InternalError(
                            absl::StrCat("the network failed: ", error.what())),
                        Reason::kInternalFault);
    }
    pass.StepRows();
    return absl::OkStatus();
  }

  static void Evaluate(Pass& pass) {
    const ScoreInput input = pass.input();
    if (!pass.energies) {
      pass.score = GuidedScore(*pass.network, input, pass.workspace);
      return;
    }
    ScoreAndEnergy both = pass.network->ScoreWithEnergy(input, pass.workspace);
    pass.score = std::move(both.score);
    pass.energy = std::move(both.energy);
  }

  const int threads_;
  absl::Status status_;  // Of the pass that is begun.
};

}  // namespace

std::unique_ptr<Device> NewCpuDevice(int threads) {
  return std::make_unique<CpuDevice>(threads);
}

}  // namespace scoreserve
