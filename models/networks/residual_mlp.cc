#include "models/networks/residual_mlp.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "ATen/ops/ones.h"
#include "ATen/ops/zeros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "models/networks/linear.h"
#include "models/networks/preconditioning.h"
#include "models/options.h"
#include "models/status.h"

namespace scoreserve {
namespace {

struct Norm {
  at::Tensor weight, bias;
};

Norm UnitNorm(int64_t width) {
  return {.weight = at::ones({width}), .bias = at::zeros({width})};
}

struct Block {
  Norm norm;
  at::Tensor w1;     // [width, width]; its bias is e's.
  LinearWeights e;   // [width, NoiseEmbedding::kWidth]
  LinearWeights w2;  // [width, width]
};

class ResidualMlp final : public ScoreNetwork {
 public:
  ResidualMlp(const ModelConfig& config, const ResidualMlpOptions& options,
              Preconditioning preconditioning, uint64_t seed)
      : dim_(config.data.dim()),
        classes_(config.classes),
        preconditioning_(std::move(preconditioning)),
        embedding_(
            classes_, seed, /*layer=*/0,
            /*class_layer=*/2 + 2 * static_cast<uint32_t>(options.blocks)) {
    const int64_t width = options.width;
    uint32_t layer = 1;
    first_ = UniformLinear(dim_, width, seed, layer++);
    for (int64_t i = 0; i < options.blocks; ++i) {
      const uint32_t w1_layer = layer++, e_layer = layer++;
      blocks_.push_back(
          {.norm = UnitNorm(width),
           .w1 = UniformLinear(width, width, seed, w1_layer).weight,
           .e = UniformLinear(NoiseEmbedding::kWidth, width, seed, e_layer),
           .w2 = ZeroLinear(width, width)});
    }
    norm_ = UnitNorm(width);
    last_ = ZeroLinear(width, dim_);
  }

  int64_t dim() const override { return dim_; }
  LabelKind label_kind() const override {
    return preconditioning_.label_kind();
  }
  int64_t classes() const override { return classes_; }

  at::Tensor Score(const ScoreInput& input,
                   Workspace& workspace) const override {
    workspace.Begin();
    const NoiseScales scales = preconditioning_.At(input.label);
    const at::Tensor e =
        embedding_.At(scales.noise, input.condition, workspace);

    const at::Tensor scaled = workspace.Divide(input.x, scales.divisor);
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
    return Preconditioning::Score(workspace.Linear(h, last_.weight, last_.bias),
                                  scaled, scales);
  }

  std::vector<at::Tensor> Constants() const override {
    return embedding_.Constants();
  }
  std::vector<std::pair<std::string, at::Tensor>> Weights() const override {
    std::vector<std::pair<std::string, at::Tensor>> weights;
    embedding_.AddWeights(weights);
    weights.emplace_back("first.weight", first_.weight);
    weights.emplace_back("first.bias", first_.bias);
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
    embedding_.AddClassWeights(weights);
    return weights;
  }

 private:
  int64_t dim_, classes_;
  Preconditioning preconditioning_;
  NoiseEmbedding embedding_;
  LinearWeights first_;
  std::vector<Block> blocks_;
  Norm norm_;
  LinearWeights last_;
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
  absl::StatusOr<Preconditioning> preconditioning =
      Preconditioning::New(config, "residual_mlp");
  if (!preconditioning.ok()) return preconditioning.status();
  return std::make_unique<ResidualMlp>(config, *options,
                                       *std::move(preconditioning), seed);
}

}  // namespace

NetworkKind ResidualMlpNetwork() {
  return {.name = "residual_mlp",
          .help =
              "Residual perceptron of the noise level or time and of a class, "
              "with EDM preconditioning.",
          .options = Options().Describe(),
          .usual_label = {LabelKind::kNoiseLevel, 0.01, 50.0},
          .create = New};
}

}  // namespace scoreserve
