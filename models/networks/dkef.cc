#include "models/networks/dkef.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "ATen/ops/linspace.h"
#include "ATen/ops/stack.h"
#include "ATen/ops/zeros.h"
#include "absl/status/statusor.h"
#include "models/networks/energy_network.h"
#include "models/networks/linear.h"
#include "models/options.h"
#include "models/samplers/noise.h"
#include "models/samplers/normal_tensor.h"
#include "models/status.h"

namespace scoreserve {
namespace {

class Dkef final : public EnergyNetwork {
 public:
  explicit Dkef(const DkefWeights& weights) : weights_(weights) {}

  int64_t dim() const override { return weights_.points.size(1); }
  LabelKind label_kind() const override { return LabelKind::kNone; }

  // An energy is always recorded, so there are no buffers to keep.
  at::Tensor Energy(const ScoreInput& input, Workspace&) const override {
    const double envelope = weights_.envelope;
    return DkefKernel(weights_)
        .Features(input.x)
        .matmul(weights_.alpha)
        .neg()
        .add(input.x.square().sum(1), 0.5 / (envelope * envelope));
  }

  std::vector<std::pair<std::string, at::Tensor>> Weights() const override {
    return weights_.Named();
  }

 private:
  DkefWeights weights_;
};

// One linear layer of every kernel's map.
LinearWeights StackedLinear(int64_t in, int64_t out, int64_t kernels,
                            uint64_t seed, uint32_t first_layer) {
  std::vector<at::Tensor> weights, biases;
  for (int64_t kernel = 0; kernel < kernels; ++kernel) {
    const LinearWeights linear = UniformLinear(
        in, out, seed, first_layer + static_cast<uint32_t>(4 * kernel));
    weights.push_back(linear.weight);
    biases.push_back(linear.bias);
  }
  return {.weight = at::stack(weights), .bias = at::stack(biases)};
}

const OptionTable<DkefOptions>& Options() {
  using O = DkefOptions;
  static const auto& table = *new OptionTable<O>({
      {"points", &O::points, Between(1, 8192),
       "Points that the kernel is centred at, each with a weight."},
      {"kernels", &O::kernels, Between(1, 16),
       "Gaussian kernels that are mixed, each after a map of its own."},
      {"width", &O::width, Between(1, 8192),
       "Units of each layer of a map, and of its output."},
      {"envelope", &O::envelope, Positive(),
       "Standard deviation, in model space, of the Gaussian that the density "
       "is a multiple of."},
  });
  return table;
}

absl::StatusOr<std::unique_ptr<ScoreNetwork>> New(const ModelConfig& config,
                                                  uint64_t seed) {
  absl::StatusOr<DkefOptions> options = Options().Parse(config.network_options);
  if (!options.ok()) return InField("network.options", options.status());
  const absl::Status no_label = CheckNoLabel(config);
  if (!no_label.ok()) return no_label;
  return DkefOf(FreshDkefWeights(*options, config.data.dim(), seed));
}

}  // namespace

NetworkKind DkefNetwork() {
  return {
      .name = "dkef",
      .help = "Energy of a deep kernel exponential family, without a label.",
      .options = Options().Describe(),
      .usual_label = {},
      .create = New};
}

DkefWeights FreshDkefWeights(const DkefOptions& options, int64_t dim,
                             uint64_t seed) {
  const int64_t kernels = options.kernels, width = options.width;
  // Kernel j draws its layers as numbers 4 j + 1, …; 0 is the points'.
  const LinearWeights first = StackedLinear(dim, width, kernels, seed, 1);
  const LinearWeights second = StackedLinear(width, width, kernels, seed, 2);
  const LinearWeights third = StackedLinear(width, width, kernels, seed, 3);
  const LinearWeights skip = StackedLinear(dim, width, kernels, seed, 4);
  const at::Tensor points =
      NormalTensor({.seed = seed, .step = 0, .row = 0}, Purpose::kWeights,
                   options.points, dim);
  return {.points = points,
          .alpha = at::zeros({options.points}),
          .kernel_weights = at::zeros({kernels}),
          .length_scales = at::linspace(0.0, 1.0, kernels),
          .w1 = first.weight,
          .b1 = first.bias,
          .w2 = second.weight,
          .b2 = second.bias,
          .w3 = third.weight,
          .skip = skip.weight,
          .envelope = options.envelope};
}

std::unique_ptr<ScoreNetwork> DkefOf(const DkefWeights& weights) {
  return std::make_unique<Dkef>(weights);
}

}  // namespace scoreserve
