#include "models/networks/mlp.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "models/networks/linear.h"
#include "models/status.h"

namespace scoreserve {
namespace {

class Mlp final : public ScoreNetwork {
 public:
  Mlp(int64_t dim, const MlpOptions& options, uint64_t seed) : dim_(dim) {
    for (int64_t i = 0; i <= options.layers; ++i) {
      const int64_t in = i == 0 ? dim : options.width;
      const int64_t out = i == options.layers ? dim : options.width;
      layers_.push_back(UniformLinear(in, out, seed, static_cast<uint32_t>(i)));
    }
  }

  int64_t dim() const override { return dim_; }
  LabelKind label_kind() const override { return LabelKind::kNone; }

  at::Tensor Score(const ScoreInput& input,
                   Workspace& workspace) const override {
    workspace.Begin();
    at::Tensor h = input.x;
    for (size_t i = 0; i < layers_.size(); ++i) {
      if (i > 0) h = workspace.Silu(h);
      h = workspace.Linear(h, layers_[i].weight, layers_[i].bias);
    }
    return h;
  }

  std::vector<std::pair<std::string, at::Tensor>> Weights() const override {
    std::vector<std::pair<std::string, at::Tensor>> weights;
    for (size_t i = 0; i < layers_.size(); ++i) {
      weights.emplace_back(absl::StrCat("layers.", i, ".weight"),
                           layers_[i].weight);
      weights.emplace_back(absl::StrCat("layers.", i, ".bias"),
                           layers_[i].bias);
    }
    return weights;
  }

 private:
  int64_t dim_;
  std::vector<LinearWeights> layers_;
};

}  // namespace

const OptionTable<MlpOptions>& MlpOptionTable() {
  using O = MlpOptions;
  static const auto& table = *new OptionTable<O>({
      {"width", &O::width, Between(1, 8192), "Units of each hidden layer."},
      {"layers", &O::layers, Between(1, 64), "Hidden layers."},
  });
  return table;
}

absl::StatusOr<std::unique_ptr<ScoreNetwork>> NewMlp(const ModelConfig& config,
                                                     uint64_t seed) {
  absl::StatusOr<MlpOptions> options =
      MlpOptionTable().Parse(config.network_options);
  if (!options.ok()) return InField("network.options", options.status());
  if (config.label.kind != LabelKind::kNone) {
    return InvalidField("label.kind",
                        "label.kind must be none for network 'mlp'");
  }
  return std::make_unique<Mlp>(config.data.dim(), *options, seed);
}

}  // namespace scoreserve
