#include "models/networks/mlp.h"

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
  const absl::Status no_label = CheckNoLabel(config);
  if (!no_label.ok()) return no_label;
  const int64_t dim = config.data.dim();
  const auto widths =
      PerceptronWidths(dim, options->width, options->layers, dim);
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
