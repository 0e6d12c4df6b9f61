#include "models/networks/nice.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "ATen/ops/log_sigmoid.h"
#include "ATen/ops/zeros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "models/networks/energy_network.h"
#include "models/networks/perceptron.h"
#include "models/options.h"
#include "models/status.h"

namespace scoreserve {
namespace {

// Coordinates `first`, first + 2, …: a view of them.
at::Tensor Half(const at::Tensor& x, int64_t first) {
  return x.slice(/*dim=*/1, first, x.size(1), /*step=*/2);
}

class Nice final : public EnergyNetwork {
 public:
  Nice(int64_t dim, std::vector<Perceptron> couplings)
      : dim_(dim),
        couplings_(std::move(couplings)),
        log_scale_(at::zeros({dim})) {}

  int64_t dim() const override { return dim_; }
  LabelKind label_kind() const override { return LabelKind::kNone; }
  bool smooth() const override { return couplings_.front().smooth(); }

  at::Tensor Energy(const ScoreInput& input,
                    Workspace& workspace) const override {
    workspace.Begin();
    at::Tensor halves[] = {Half(input.x, 0), Half(input.x, 1)};
    for (size_t i = 0; i < couplings_.size(); ++i) {
      at::Tensor& moved = halves[(i + 1) % 2];
      // In this order: the sum may lie where the perceptron's result does, but
      // not in the input.
      moved =
          workspace.Add(couplings_[i].Forward(halves[i % 2], workspace), moved);
    }
    at::Tensor energy = log_scale_.sum(at::kDouble).neg();
    for (const int64_t half : {0, 1}) {
      const at::Tensor scale = log_scale_.slice(0, half, dim_, 2).exp();
      const at::Tensor h = halves[half].mul(scale);
      // softplus(h) + softplus(−h), exact where LibTorch's softplus is not: it
      // takes h for softplus(h) from 20 on.
      const at::Tensor logs = at::log_sigmoid(h).add(at::log_sigmoid(h.neg()));
      // Summed in double: finite differences of energies lose digits.
      energy = energy.sub(logs.sum({1}, /*keepdim=*/false, at::kDouble));
    }
    return energy;
  }

  std::vector<std::pair<std::string, at::Tensor>> Weights() const override {
    std::vector<std::pair<std::string, at::Tensor>> weights;
    for (size_t i = 0; i < couplings_.size(); ++i) {
      couplings_[i].AddWeights(absl::StrCat("couplings.", i, "."), weights);
    }
    weights.emplace_back("log_scale", log_scale_);
    return weights;
  }

 private:
  int64_t dim_;
  std::vector<Perceptron> couplings_;  // At least one.
  at::Tensor log_scale_;               // s [dim].
};

const OptionTable<NiceOptions>& Options() {
  using O = NiceOptions;
  static const auto& table = *new OptionTable<O>({
      {"width", &O::width, Between(1, 8192), "Units of each hidden layer."},
      {"layers", &O::layers, Between(0, 64),
       "Hidden layers of each coupling; 0 makes it linear."},
      {"couplings", &O::couplings, Between(1, 64),
       "Couplings, which move the odd and the even coordinates in turn."},
      {"activation",
       &O::activation,
       {},
       absl::StrCat("Between layers: one of ", ActivationNames(), ".")},
  });
  return table;
}

absl::StatusOr<std::unique_ptr<ScoreNetwork>> New(const ModelConfig& config,
                                                  uint64_t seed) {
  absl::StatusOr<NiceOptions> options = Options().Parse(config.network_options);
  if (!options.ok()) return InField("network.options", options.status());
  const auto activation = ActivationNamed(options->activation);
  if (!activation.ok()) return InField("network.options", activation.status());
  const absl::Status no_label = CheckNoLabel(config);
  if (!no_label.ok()) return no_label;
  const int64_t dim = config.data.dim();
  if (dim < 2) {
    return InvalidField("data.shape",
                        "of at least two numbers for network 'nice'",
                        absl::StrCat(dim));
  }
  const int64_t sizes[] = {(dim + 1) / 2, dim / 2};  // Of the halves.
  std::vector<Perceptron> couplings;
  uint32_t layer = 0;
  for (int64_t i = 0; i < options->couplings; ++i) {
    const auto widths = PerceptronWidths(sizes[i % 2], options->width,
                                         options->layers, sizes[(i + 1) % 2]);
    couplings.emplace_back(widths, *activation, seed, layer);
    layer += static_cast<uint32_t>(widths.size()) - 1;
  }
  return std::make_unique<Nice>(dim, std::move(couplings));
}

}  // namespace

NetworkKind NiceNetwork() {
  return {.name = "nice",
          .help =
              "Normalised density of a flow of additive couplings, without a "
              "label.",
          .options = Options().Describe(),
          .usual_label = {},
          .create = New};
}

}  // namespace scoreserve
