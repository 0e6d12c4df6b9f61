#include <deque>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "server/engine/device.h"
#include "server/engine/resident_pass.h"
#include "server/engine/stream.h"

namespace scoreserve {
namespace {

class TorchDevice final : public Device {
 public:
  explicit TorchDevice(std::unique_ptr<Stream> stream)
      : stream_(std::move(stream)) {}

  // One pass is put together while another is computed.
  int pipeline_depth() const override { return stream_->runs_ahead() ? 2 : 1; }

  bool CaptureNext(Pass& pass) override { return Mine(pass).CaptureNext(); }

  void Begin(Pass& pass) override { begun_.push_back(Mine(pass).Begin()); }

  absl::Status Finish(Pass& pass) override {
    const absl::Status begun = std::move(begun_.front());
    begun_.pop_front();
    const absl::Status ended = Mine(pass).Finish();
    return begun.ok() ? ended : begun;
  }

 private:
  std::unique_ptr<Pass> MakePass(const ScoreNetwork* network, int64_t max_rows,
                                 bool energies) override {
    return std::make_unique<ResidentPass>(stream_, network, max_rows, energies);
  }

  // They all are.
  static ResidentPass& Mine(Pass& pass) {
    return static_cast<ResidentPass&>(pass);
  }

  const std::shared_ptr<Stream> stream_;
  std::deque<absl::Status> begun_;  // Of the passes in flight, oldest first.
};

}  // namespace

std::unique_ptr<Device> NewTorchDevice(std::unique_ptr<Stream> stream) {
  return std::make_unique<TorchDevice>(std::move(stream));
}

std::unique_ptr<Device> NewTorchDevice(at::Device device) {
  return NewTorchDevice(NewStream(device));
}

}  // namespace scoreserve
