#include "models/networks/precision.h"

#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "ATen/Context.h"
#include "ATen/autocast_mode.h"
#include "ATen/ops/empty.h"
#include "ATen/ops/full.h"
#include "absl/synchronization/mutex.h"
#include "c10/core/InferenceMode.h"
#include "models/io/precision_name.h"
#include "models/samplers/noise.h"
#include "models/status.h"

namespace scoreserve {
namespace {

// Which kind of products cuBLAS makes is a setting of the process, read when
// one is asked for: of two devices' loops only one may have it on at a time,
// and none may compute otherwise meanwhile.
absl::Mutex& ProductsMutex() {
  static auto& mutex = *new absl::Mutex;
  return mutex;
}

class Tf32Scope {
 public:
  Tf32Scope() { Allow(true); }
  ~Tf32Scope() { Allow(false); }
  Tf32Scope(const Tf32Scope&) = delete;
  Tf32Scope& operator=(const Tf32Scope&) = delete;

 private:
  static void Allow(bool allow) {
    at::globalContext().setAllowTF32CuBLAS(allow);
    at::globalContext().setAllowTF32CuDNN(allow);
  }
  const absl::MutexLock lock_{&ProductsMutex()};
};

// Settings of the calling thread.
class Bf16Scope {
 public:
  explicit Bf16Scope(at::DeviceType type) : type_(type) {
    at::autocast::set_autocast_enabled(type_, true);
    at::autocast::set_autocast_dtype(type_, at::kBFloat16);
  }
  ~Bf16Scope() {
    at::autocast::clear_cache();
    at::autocast::set_autocast_enabled(type_, false);
  }
  Bf16Scope(const Bf16Scope&) = delete;
  Bf16Scope& operator=(const Bf16Scope&) = delete;

 private:
  const at::DeviceType type_;
};

class RoundedNetwork final : public ScoreNetwork {
 public:
  RoundedNetwork(std::unique_ptr<const ScoreNetwork> network,
                 Precision precision, at::DeviceType type)
      : network_(std::move(network)), precision_(precision), type_(type) {}

  int64_t dim() const override { return network_->dim(); }
  LabelKind label_kind() const override { return network_->label_kind(); }
  int64_t classes() const override { return network_->classes(); }
  bool has_energy() const override { return network_->has_energy(); }
  bool smooth() const override { return network_->smooth(); }
  bool trainable() const override { return network_->trainable(); }
  std::vector<std::pair<std::string, at::Tensor>> Weights() const override {
    return network_->Weights();
  }
  std::vector<at::Tensor> Constants() const override {
    return network_->Constants();
  }
  absl::Status CheckWeights() const override {
    return network_->CheckWeights();
  }

  at::Tensor Score(const ScoreInput& input,
                   Workspace& workspace) const override {
    if (precision_ == Precision::kTf32) {
      const Tf32Scope scope;
      return network_->Score(input, workspace);
    }
    const Bf16Scope scope(type_);
    const Workspace::Functional functional(workspace);
    return network_->Score(input, workspace).to(at::kFloat);
  }
  at::Tensor Energy(const ScoreInput& input,
                    Workspace& workspace) const override {
    return network_->Energy(input, workspace);
  }
  ScoreAndEnergy ScoreWithEnergy(const ScoreInput& input,
                                 Workspace& workspace) const override {
    return network_->ScoreWithEnergy(input, workspace);
  }

 private:
  const std::unique_ptr<const ScoreNetwork> network_;
  const Precision precision_;
  const at::DeviceType type_;
};

// Noise levels are spread evenly in their logarithm, where they can be.
double LabelOf(const LabelRule& rule, double share) {
  if (rule.kind == LabelKind::kNone) return 0.0;
  if (rule.kind == LabelKind::kNoiseLevel && rule.min > 0.0) {
    return rule.min * std::pow(rule.max / rule.min, share);
  }
  return rule.min + share * (rule.max - rule.min);
}

}  // namespace

absl::string_view PrecisionName(Precision precision) {
  return kPrecisionNames[static_cast<size_t>(precision)];
}

absl::StatusOr<Precision> PrecisionNamed(absl::string_view field,
                                         absl::string_view name) {
  const absl::StatusOr<size_t> found = FindPrecisionName(field, name);
  if (!found.ok()) return found.status();
  return static_cast<Precision>(*found);
}

absl::StatusOr<std::unique_ptr<const ScoreNetwork>> InPrecision(
    std::unique_ptr<const ScoreNetwork> network, Precision precision,
    at::Device device) {
  if (precision == Precision::kFp32) return network;
  if (precision == Precision::kTf32 && !device.is_cuda()) {
    return InvalidField("precision", "fp32 or bf16 on a processor", "'tf32'");
  }
  return std::make_unique<RoundedNetwork>(std::move(network), precision,
                                          device.type());
}

double LargestError(const ScoreNetwork& exact, const ScoreNetwork& rounded,
                    const LabelRule& labels, at::Device device) {
  constexpr int64_t kRows = 256;
  const c10::InferenceMode inference;
  const int64_t dim = exact.dim();
  at::Tensor x = at::empty({kRows, dim}, at::kFloat);
  at::Tensor label = at::empty({kRows}, at::kDouble);
  FillNormals({.seed = 1, .step = 0, .row = 0}, Purpose::kUser, kRows, dim,
              x.mutable_data_ptr<float>());
  for (int64_t i = 0; i < kRows; ++i) {
    const double value = LabelOf(labels, static_cast<double>(i) / (kRows - 1));
    label.mutable_data_ptr<double>()[i] = value;
    if (labels.kind == LabelKind::kNoiseLevel) {
      x.select(0, i).mul_(std::sqrt(1.0 + value * value));
    }
  }
  ScoreInput input = {.x = x.to(device), .label = label.to(device)};
  if (exact.classes() > 0) {
    input.condition = at::full({kRows}, kNoCondition, at::kLong).to(device);
  }
  Workspace workspace;
  const at::Tensor s = exact.Score(input, workspace).to(at::kDouble).clone();
  const at::Tensor difference =
      rounded.Score(input, workspace).to(at::kDouble).sub(s);
  const auto length = [](const at::Tensor& rows) {
    return rows.square().sum(1).sqrt();
  };
  return length(difference).div(length(s).add(1e-30)).max().item<double>();
}

}  // namespace scoreserve
