#include <cstdint>
#include <exception>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "c10/core/InferenceMode.h"
#include "models/networks/guidance.h"
#include "models/samplers/advance_tensors.h"
#include "models/status.h"
#include "server/engine/device.h"

namespace scoreserve {
namespace {

// Rows travel to the device and back with every pass.
class TorchDevice : public Device {
 public:
  explicit TorchDevice(at::Device device) : device_(device) {}

  int pipeline_depth() const override { return 1; }

  void Begin(Pass& pass) override {
    const c10::InferenceMode inference;
    status_ = Compute(pass);
  }

  absl::Status Finish(Pass&) override {
    return std::exchange(status_, absl::OkStatus());
  }

 private:
  // Where LibTorch's exceptions end.
  absl::Status Compute(Pass& pass) const {
    try {
      pass.workspace.Begin();
      Run(pass);
    } catch (const std::exception& error) {
      return WithReason(absl::InternalError(absl::StrCat(
                            device_.str(), " failed: ", error.what())),
                        Reason::kInternalFault);
    }
    return absl::OkStatus();
  }

  void Run(Pass& pass) const {
    // Conditions stay behind: GuidedScore() looks at them first.
    ScoreInput input = pass.input();
    input.x = Here(input.x);
    input.label = Here(input.label);
    at::Tensor score;
    if (pass.energies) {
      const ScoreAndEnergy both =
          pass.network->ScoreWithEnergy(input, pass.workspace);
      score = both.score;
      pass.energy = both.energy.to(at::kCPU);
    } else {
      score = GuidedScore(*pass.network, input, pass.workspace);
    }
    pass.score = score.to(at::kCPU).contiguous();
    // A Metropolis test and what is known of a row are a few numbers of few
    // rows: the processor's work.
    if (pass.held_score.defined() || !pass.constrained.empty()) {
      pass.StepRows();
    } else if (!pass.steps.empty()) {
      StepRowsHere(pass, score, input.x);
    }
  }

  void StepRowsHere(Pass& pass, const at::Tensor& score,
                    const at::Tensor& x) const {
    const auto live = static_cast<int64_t>(pass.steps.size());
    const auto first = [live](const at::Tensor& plane) {
      return plane.narrow(0, 0, live);
    };
    at::Tensor y;
    if (pass.y.defined()) y = Here(first(pass.y));
    AdvanceTensors(pass.steps, first(score), first(x), y);
    first(pass.x).copy_(first(x));
    if (y.defined()) first(pass.y).copy_(y);
  }

  // A copy, on a processor too: the pass's own rows wait for the result.
  at::Tensor Here(const at::Tensor& plane) const {
    return plane.to(device_, plane.scalar_type(), /*non_blocking=*/false,
                    /*copy=*/true);
  }

  const at::Device device_;
  absl::Status status_;  // Of the pass that is begun.
};

}  // namespace

std::unique_ptr<Device> NewTorchDevice(at::Device device) {
  return std::make_unique<TorchDevice>(device);
}

std::unique_ptr<Device> NewDevice(at::Device device, int threads) {
  return device.is_cpu() ? NewCpuDevice(threads) : NewTorchDevice(device);
}

}  // namespace scoreserve
