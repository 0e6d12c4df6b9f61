#include "models/networks/residual_mlp.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <numbers>
#include <string>
#include <utility>
#include <vector>

#include "ATen/ops/empty.h"
#include "ATen/ops/log.h"
#include "ATen/ops/ones.h"
#include "ATen/ops/zeros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "models/networks/linear.h"
#include "models/options.h"
#include "models/processes/noise_process.h"
#include "models/samplers/noise.h"
#include "models/status.h"

namespace scoreserve {
namespace {

constexpr int64_t kFrequencies = 16;
constexpr int64_t kEmbedding = 64;  // Width of e.

struct Norm {
  at::Tensor weight, bias;
};

Norm UnitNorm(int64_t width) {
  return {.weight = at::ones({width}), .bias = at::zeros({width})};
}

struct Block {
  Norm norm;
  at::Tensor w1;     // [width, width]; its bias is e's.
  LinearWeights e;   // [width, kEmbedding]
  LinearWeights w2;  // [width, width]
};

// Standard normal, from the same draws as a linear layer's would be. Row
// `classes` is that of no condition.
at::Tensor ClassVectors(int64_t classes, uint64_t seed, uint32_t layer) {
  at::Tensor vectors = at::empty({classes + 1, kEmbedding});
  FillNormals(NoiseKey{.seed = seed, .step = layer}, Purpose::kWeights,
              classes + 1, kEmbedding, vectors.mutable_data_ptr<float>());
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

// float32 [rows, 1] each.
struct NoiseScales {
  at::Tensor noise;    // u.
  at::Tensor divisor;  // √(α² + σ²), by which x becomes c_in x/α.
};

class ResidualMlp final : public ScoreNetwork {
 public:
  // `process` is that of the label, null where this is a noise level.
  ResidualMlp(const ModelConfig& config, const ResidualMlpOptions& options,
              std::shared_ptr<const NoiseProcess> process, uint64_t seed)
      : dim_(config.data.dim()),
        classes_(config.classes),
        process_(std::move(process)),
        waves_(Waves()) {
    const int64_t width = options.width;
    uint32_t layer = 0;
    embed_ = UniformLinear(2 * kFrequencies, kEmbedding, seed, layer++);
    first_ = UniformLinear(dim_, width, seed, layer++);
    for (int64_t i = 0; i < options.blocks; ++i) {
      const uint32_t w1_layer = layer++, e_layer = layer++;
      blocks_.push_back(
          {.norm = UnitNorm(width),
           .w1 = UniformLinear(width, width, seed, w1_layer).weight,
           .e = UniformLinear(kEmbedding, width, seed, e_layer),
           .w2 = ZeroLinear(width, width)});
    }
    norm_ = UnitNorm(width);
    last_ = ZeroLinear(width, dim_);
    if (classes_ > 0) class_vectors_ = ClassVectors(classes_, seed, layer++);
  }

  int64_t dim() const override { return dim_; }
  LabelKind label_kind() const override {
    return process_ == nullptr ? LabelKind::kNoiseLevel : LabelKind::kTime;
  }
  int64_t classes() const override { return classes_; }

  at::Tensor Score(const ScoreInput& input,
                   Workspace& workspace) const override {
    workspace.Begin();
    const auto [noise, divisor] = Scales(input.label);
    const at::Tensor e =
        WithClass(Embed(noise, workspace), input.condition, workspace);

    const at::Tensor scaled = workspace.Divide(input.x, divisor);  // c_in x/α
    at::Tensor h = workspace.Linear(scaled, first_.weight, first_.bias);
    for (const Block& block : blocks_) {
      at::Tensor a = workspace.Linear(e, block.e.weight, block.e.bias);
      a = workspace.AddLinear(
          a, workspace.LayerNorm(h, block.norm.weight, block.norm.bias),
          block.w1);
      h = workspace.Add(h, block.w2.bias);
      h = workspace.AddLinear(h, workspace.Silu(a), block.w2.weight);
    }
    h = workspace.LayerNorm(h, norm_.weight, norm_.bias);
    at::Tensor f = workspace.Linear(h, last_.weight, last_.bias);
    // (D − x/α)/(αu²) with the cancellation done on paper: (F/u − c_in x/α) /
    // (α√(1 + u²)). In place is safe for gradients too: no operation above kept
    // its result f.
    return f.div_(noise).sub_(scaled).div_(divisor);
  }

  std::vector<std::pair<std::string, at::Tensor>> Weights() const override {
    std::vector<std::pair<std::string, at::Tensor>> weights = {
        {"embed.weight", embed_.weight},
        {"embed.bias", embed_.bias},
        {"first.weight", first_.weight},
        {"first.bias", first_.bias}};
    for (size_t i = 0; i < blocks_.size(); ++i) {
      const std::string prefix = absl::StrCat("blocks.", i, ".");
      const Block& block = blocks_[i];
      weights.emplace_back(prefix + "norm.weight", block.norm.weight);
      weights.emplace_back(prefix + "norm.bias", block.norm.bias);
      weights.emplace_back(prefix + "w1.weight", block.w1);
      weights.emplace_back(prefix + "e.weight", block.e.weight);
      weights.emplace_back(prefix + "e.bias", block.e.bias);
      weights.emplace_back(prefix + "w2.weight", block.w2.weight);
      weights.emplace_back(prefix + "w2.bias", block.w2.bias);
    }
    weights.emplace_back("norm.weight", norm_.weight);
    weights.emplace_back("norm.bias", norm_.bias);
    weights.emplace_back("last.weight", last_.weight);
    weights.emplace_back("last.bias", last_.bias);
    if (classes_ > 0) weights.emplace_back("classes.weight", class_vectors_);
    return weights;
  }

 private:
  NoiseScales Scales(const at::Tensor& label) const {
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

  // [rows, kEmbedding]
  at::Tensor Embed(const at::Tensor& noise, Workspace& workspace) const {
    // They are no weights, so they may not lie where the weights do.
    const at::Device device = noise.device();
    const at::Tensor waves =
        workspace
            .Linear(at::log(noise), waves_.weight.to(device),
                    waves_.bias.to(device))
            .sin_();
    return workspace.Silu(workspace.Linear(waves, embed_.weight, embed_.bias));
  }

  // e and the vectors of the rows' classes.
  at::Tensor WithClass(at::Tensor e, const at::Tensor& condition,
                       Workspace& workspace) const {
    if (classes_ == 0) return e;
    if (!condition.defined()) return workspace.Add(e, class_vectors_[classes_]);
    static_assert(kNoCondition == -1);  // Which the remainder makes the last.
    return workspace.Add(
        e, class_vectors_.index_select(0, condition.remainder(classes_ + 1)));
  }

  int64_t dim_, classes_;
  std::shared_ptr<const NoiseProcess> process_;
  LinearWeights waves_;  // Constant.
  LinearWeights embed_, first_;
  std::vector<Block> blocks_;
  Norm norm_;
  LinearWeights last_;
  at::Tensor class_vectors_;  // [classes + 1, kEmbedding], where there are any.
};

const OptionTable<ResidualMlpOptions>& Options() {
  using O = ResidualMlpOptions;
  static const auto& table = *new OptionTable<O>({
      {"width", &O::width, Between(1, 8192), "Units of the residual stream."},
      {"blocks", &O::blocks, Between(1, 64), "Residual blocks."},
  });
  return table;
}

absl::StatusOr<std::unique_ptr<ScoreNetwork>> New(const ModelConfig& config,
                                                  uint64_t seed) {
  absl::StatusOr<ResidualMlpOptions> options =
      Options().Parse(config.network_options);
  if (!options.ok()) return InField("network.options", options.status());
  if (config.label.kind == LabelKind::kNone) {
    return InvalidField("label.kind",
                        "label.kind must be noise_level or time for network "
                        "'residual_mlp'");
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
    return InvalidField("label.min", "more than 0 for network 'residual_mlp'",
                        absl::StrCat(config.label.min));
  }
  return std::make_unique<ResidualMlp>(config, *options, std::move(process),
                                       seed);
}

}  // namespace

NetworkKind ResidualMlpNetwork() {
  return {
      .name = "residual_mlp",
      .help =
          "Residual perceptron of the noise level or time and of a class, with "
          "EDM preconditioning.",
      .options = Options().Describe(),
      .usual_label = {LabelKind::kNoiseLevel, 0.01, 50.0},
      .create = New};
}

}  // namespace scoreserve
