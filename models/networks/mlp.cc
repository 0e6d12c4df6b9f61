#include "models/networks/mlp.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "models/networks/perceptron.h"
#include "models/options.h"
#include "models/status.h"

namespace scoreserve {
namespace {

class Mlp final : public ScoreNetwork {
 public:
  Mlp(int64_t dim, Perceptron perceptron)
      : dim_(dim), perceptron_(std::move(perceptron)) {}

  int64_t dim() const override { return dim_; }
  LabelKind label_kind() const override { return LabelKind::kNone; }
  bool smooth() const override { return perceptron_.smooth(); }

  at::Tensor Score(const ScoreInput& input,
                   Workspace& workspace) const override {
    workspace.Begin();
    return perceptron_.Forward(input.x, workspace);
  }

  std::vector<std::pair<std::string, at::Tensor>> Weights() const override {
    std::vector<std::pair<std::string, at::Tensor>> weights;
    perceptron_.AddWeights("", weights);
    return weights;
  }

 private:
  int64_t dim_;
  Perceptron perceptron_;
};

const OptionTable<MlpOptions>& Options() {
  using O = MlpOptions;
  static const auto& table = *new OptionTable<O>({
      {"width", &O::width, Between(1, 8192), "Units of each hidden layer."},
      {"layers", &O::layers, Between(0, 64),
       "Hidden layers; 0 makes the score linear."},
      {"activation",
       &O::activation,
       {},
       absl::StrCat("Between layers: one of ", ActivationNames(), ".")},
  });
  return table;
}

absl::StatusOr<std::unique_ptr<ScoreNetwork>> New(const ModelConfig& config,
                                                  uint64_t seed) {
  absl::StatusOr<MlpOptions> options = Options().Parse(config.network_options);
  if (!options.ok()) return InField("network.options", options.status());
  const auto activation = ActivationNamed(options->activation);
  if (!activation.ok()) return InField("network.options", activation.status());
  if (config.label.kind != LabelKind::kNone) {
    return InvalidField("label.kind",
                        "label.kind must be none for network 'mlp'");
  }
  const int64_t dim = config.data.dim();
  std::vector<int64_t> widths(static_cast<size_t>(options->layers + 2),
                              options->width);
  widths.front() = widths.back() = dim;
  return std::make_unique<Mlp>(dim, Perceptron(widths, *activation, seed));
}

}  // namespace

NetworkKind MlpNetwork() {
  return {.name = "mlp",
          .help = "Multilayer perceptron, without a label.",
          .options = Options().Describe(),
          .usual_label = {},
          .create = New};
}

}  // namespace scoreserve
