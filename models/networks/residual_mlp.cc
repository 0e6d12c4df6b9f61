#include "models/networks/residual_mlp.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <numbers>
#include <string>
#include <utility>
#include <vector>

#include "ATen/ops/log.h"
#include "ATen/ops/ones.h"
#include "ATen/ops/zeros.h"
#include "absl/strings/str_cat.h"
#include "models/networks/linear.h"
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

// cos and sin of f ln σ / 4 as one sine: cos a = sin(a + π/2).
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

class ResidualMlp final : public ScoreNetwork {
 public:
  ResidualMlp(int64_t dim, const ResidualMlpOptions& options, uint64_t seed)
      : dim_(dim), waves_(Waves()) {
    const int64_t width = options.width;
    uint32_t layer = 0;
    embed_ = UniformLinear(2 * kFrequencies, kEmbedding, seed, layer++);
    first_ = UniformLinear(dim, width, seed, layer++);
    for (int64_t i = 0; i < options.blocks; ++i) {
      const uint32_t w1_layer = layer++, e_layer = layer++;
      blocks_.push_back(
          {.norm = UnitNorm(width),
           .w1 = UniformLinear(width, width, seed, w1_layer).weight,
           .e = UniformLinear(kEmbedding, width, seed, e_layer),
           .w2 = ZeroLinear(width, width)});
    }
    norm_ = UnitNorm(width);
    last_ = ZeroLinear(width, dim);
  }

  int64_t dim() const override { return dim_; }
  LabelKind label_kind() const override { return LabelKind::kNoiseLevel; }

  at::Tensor Score(const ScoreInput& input,
                   Workspace& workspace) const override {
    workspace.Begin();
    const at::Tensor sigma = input.label.to(at::kFloat).unsqueeze(1);
    const at::Tensor root = sigma.square().add_(1.0).sqrt_();  // √(1 + σ²)
    const at::Tensor e = Embed(sigma, workspace);

    const at::Tensor scaled = workspace.Divide(input.x, root);  // c_in x
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
    // (D − x)/σ² with the cancellation done on paper: (F/σ − c_in x) / √(1 +
    // σ²). In place is safe for gradients too: no operation above kept its
    // result f.
    return f.div_(sigma).sub_(scaled).div_(root);
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
    return weights;
  }

 private:
  // [rows, kEmbedding]
  at::Tensor Embed(const at::Tensor& sigma, Workspace& workspace) const {
    const at::Tensor waves =
        workspace.Linear(at::log(sigma), waves_.weight, waves_.bias).sin_();
    return workspace.Silu(workspace.Linear(waves, embed_.weight, embed_.bias));
  }

  int64_t dim_;
  LinearWeights waves_;  // Constant.
  LinearWeights embed_, first_;
  std::vector<Block> blocks_;
  Norm norm_;
  LinearWeights last_;
};

}  // namespace

const OptionTable<ResidualMlpOptions>& ResidualMlpOptionTable() {
  using O = ResidualMlpOptions;
  static const auto& table = *new OptionTable<O>({
      {"width", &O::width, Between(1, 8192), "Units of the residual stream."},
      {"blocks", &O::blocks, Between(1, 64), "Residual blocks."},
  });
  return table;
}

absl::StatusOr<std::unique_ptr<ScoreNetwork>> NewResidualMlp(
    const ModelConfig& config, uint64_t seed) {
  absl::StatusOr<ResidualMlpOptions> options =
      ResidualMlpOptionTable().Parse(config.network_options);
  if (!options.ok()) return InField("network.options", options.status());
  if (config.label.kind != LabelKind::kNoiseLevel) {
    return InvalidField(
        "label.kind",
        "label.kind must be noise_level for network 'residual_mlp'");
  }
  if (!(config.label.min > 0.0)) {
    return InvalidField("label.min", "more than 0 for network 'residual_mlp'",
                        absl::StrCat(config.label.min));
  }
  return std::make_unique<ResidualMlp>(config.data.dim(), *options, seed);
}

}  // namespace scoreserve
