#include "models/networks/energy_mlp.h"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "models/networks/energy_network.h"
#include "models/networks/perceptron.h"
#include "models/options.h"
#include "models/status.h"

namespace scoreserve {
namespace {

class EnergyMlp final : public EnergyNetwork {
 public:
  EnergyMlp(int64_t dim, double envelope, Perceptron perceptron)
      : dim_(dim), envelope_(envelope), perceptron_(std::move(perceptron)) {}

  int64_t dim() const override { return dim_; }
  LabelKind label_kind() const override { return LabelKind::kNone; }
  bool smooth() const override { return perceptron_.smooth(); }

  at::Tensor Energy(const ScoreInput& input,
                    Workspace& workspace) const override {
    workspace.Begin();
    // Summed in double: finite differences of energies lose digits.
    return perceptron_.Forward(input.x, workspace)
        .squeeze(1)
        .to(at::kDouble)
        .add(input.x.square().sum({1}, /*keepdim=*/false, at::kDouble),
             0.5 / (envelope_ * envelope_));
  }

  std::vector<std::pair<std::string, at::Tensor>> Weights() const override {
    std::vector<std::pair<std::string, at::Tensor>> weights;
    perceptron_.AddWeights("", weights);
    return weights;
  }

 private:
  int64_t dim_;
  double envelope_;
  Perceptron perceptron_;
};

const OptionTable<EnergyMlpOptions>& Options() {
  using O = EnergyMlpOptions;
  static const auto& table = *new OptionTable<O>({
      {"width", &O::width, Between(1, 8192), "Units of each hidden layer."},
      {"layers", &O::layers, Between(1, 64), "Hidden layers."},
      {"activation",
       &O::activation,
       {},
       absl::StrCat("Between layers: one of ", ActivationNames(), ".")},
      {"envelope", &O::envelope, Positive(),
       "Standard deviation, in model space, of the Gaussian that the density "
       "is a multiple of."},
  });
  return table;
}

absl::StatusOr<std::unique_ptr<ScoreNetwork>> New(const ModelConfig& config,
                                                  uint64_t seed) {
  absl::StatusOr<EnergyMlpOptions> options =
      Options().Parse(config.network_options);
  if (!options.ok()) return InField("network.options", options.status());
  const auto activation = ActivationNamed(options->activation);
  if (!activation.ok()) return InField("network.options", activation.status());
  const absl::Status no_label = CheckNoLabel(config);
  if (!no_label.ok()) return no_label;
  const int64_t dim = config.data.dim();
  const auto widths = PerceptronWidths(dim, options->width, options->layers, 1);
  return std::make_unique<EnergyMlp>(dim, options->envelope,
                                     Perceptron(widths, *activation, seed));
}

}  // namespace

NetworkKind EnergyMlpNetwork() {
  return {.name = "energy_mlp",
          .help =
              "Energy of a multilayer perceptron with an envelope, without a "
              "label.",
          .options = Options().Describe(),
          .usual_label = {},
          .create = New};
}

}  // namespace scoreserve
