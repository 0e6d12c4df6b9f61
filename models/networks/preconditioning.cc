#include "models/networks/preconditioning.h"

#include <cmath>
#include <cstdint>
#include <memory>
#include <numbers>
#include <utility>

#include "ATen/ops/empty.h"
#include "ATen/ops/log.h"
#include "absl/strings/str_cat.h"
#include "models/networks/score_network.h"
#include "models/samplers/noise.h"
#include "models/status.h"

namespace scoreserve {
namespace {

constexpr int64_t kFrequencies = 16;

// Standard normal, from the same draws as a linear layer's would be. Row
// `classes` is that of no condition.
at::Tensor ClassVectors(int64_t classes, uint64_t seed, uint32_t layer) {
  at::Tensor vectors = at::empty({classes + 1, NoiseEmbedding::kWidth});
  FillNormals(NoiseKey{.seed = seed, .step = layer}, Purpose::kWeights,
              classes + 1, NoiseEmbedding::kWidth,
              vectors.mutable_data_ptr<float>());
  return vectors;
}

// cos and sin of f ln u / 4 as one sine: cos a = sin(a + π/2).
LinearWeights Waves() {
  LinearWeights waves = ZeroLinear(1, 2 * kFrequencies);
  float* f = waves.weight.mutable_data_ptr<float>();
  float* phase = waves.bias.mutable_data_ptr<float>();
  for (int64_t i = 0; i < kFrequencies; ++i) {
    const double exponent = static_cast<double>(i) / (kFrequencies - 1);
    const double frequency = 0.16 * std::pow(100.0, exponent);
    f[i] = f[i + kFrequencies] = static_cast<float>(frequency / 4.0);
    phase[i] = static_cast<float>(std::numbers::pi / 2.0);
  }
  return waves;
}

}  // namespace

absl::StatusOr<Preconditioning> Preconditioning::New(
    const ModelConfig& config, absl::string_view network) {
  if (config.label.kind == LabelKind::kNone) {
    return InvalidField(
        "label.kind",
        absl::StrCat("label.kind must be noise_level or time for network '",
                     network, "'"));
  }
  std::shared_ptr<const NoiseProcess> process;
  if (config.label.kind == LabelKind::kTime) {
    auto found = ProcessOf(config);
    if (!found.ok()) return found.status();
    process = *std::move(found);
  }
  // At no noise there is nothing to divide by.
  const double least =
      process == nullptr ? config.label.min : process->Sigma(config.label.min);
  if (!(least > 0.0)) {
    return InvalidField("label.min",
                        absl::StrCat("more than 0 for network '", network, "'"),
                        absl::StrCat(config.label.min));
  }
  return Preconditioning(std::move(process));
}

NoiseScales Preconditioning::At(const at::Tensor& label) const {
  if (process_ == nullptr) {
    const at::Tensor noise = label.to(at::kFloat).unsqueeze(1);
    return {.noise = noise, .divisor = noise.square().add_(1.0).sqrt_()};
  }
  // In double, row by row: a process is a formula, not tensor operations.
  const at::Tensor times = label.to(at::kCPU).contiguous();
  const double* time = times.const_data_ptr<double>();
  const at::Tensor scales = at::empty({2, label.size(0)});
  float* noise = scales.mutable_data_ptr<float>();
  float* divisor = noise + label.size(0);
  for (int64_t i = 0; i < label.size(0); ++i) {
    const Level level = process_->At(time[i]);
    noise[i] = static_cast<float>(level.ratio());
    divisor[i] = static_cast<float>(std::hypot(level.alpha, level.sigma));
  }
  const at::Tensor there = scales.to(label.device());
  return {.noise = there[0].unsqueeze(1), .divisor = there[1].unsqueeze(1)};
}

at::Tensor Preconditioning::Score(at::Tensor f, const at::Tensor& scaled,
                                  const NoiseScales& scales) {
  // (D − x/α)/(αu²) with the cancellation done on paper: (F/u − c_in x/α) /
  // (α√(1 + u²)).
  return f.div_(scales.noise).sub_(scaled).div_(scales.divisor);
}

NoiseEmbedding::NoiseEmbedding(int64_t classes, uint64_t seed, uint32_t layer,
                               uint32_t class_layer)
    : classes_(classes),
      waves_(Waves()),
      embed_(UniformLinear(2 * kFrequencies, kWidth, seed, layer)) {
  if (classes_ > 0) class_vectors_ = ClassVectors(classes_, seed, class_layer);
}

at::Tensor NoiseEmbedding::At(const at::Tensor& noise,
                              const at::Tensor& condition,
                              Workspace& workspace) const {
  const at::Tensor waves =
      workspace.Linear(at::log(noise), waves_.weight, waves_.bias).sin_();
  at::Tensor e =
      workspace.Silu(workspace.Linear(waves, embed_.weight, embed_.bias));
  if (classes_ == 0) return e;
  if (!condition.defined()) return workspace.Add(e, class_vectors_[classes_]);
  static_assert(kNoCondition == -1);  // Which the remainder makes the last.
  return workspace.Add(
      e, class_vectors_.index_select(0, condition.remainder(classes_ + 1)));
}

void NoiseEmbedding::AddWeights(NamedWeights& weights) const {
  weights.emplace_back("embed.weight", embed_.weight);
  weights.emplace_back("embed.bias", embed_.bias);
}

void NoiseEmbedding::AddClassWeights(NamedWeights& weights) const {
  if (classes_ > 0) weights.emplace_back("classes.weight", class_vectors_);
}

}  // namespace scoreserve
