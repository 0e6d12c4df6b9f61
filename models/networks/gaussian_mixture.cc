#include "models/networks/gaussian_mixture.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "ATen/ops/bmm.h"
#include "ATen/ops/empty.h"
#include "ATen/ops/full.h"
#include "ATen/ops/ones.h"
#include "ATen/ops/softmax.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "models/samplers/noise.h"
#include "models/status.h"

namespace scoreserve {
namespace {

class GaussianMixture final : public ScoreNetwork {
 public:
  GaussianMixture(int64_t dim, LabelKind label, int64_t components,
                  uint64_t seed)
      : dim_(dim), label_(label) {
    const at::Tensor means = at::empty({components, dim});
    FillNormals(NoiseKey{.seed = seed}, Purpose::kWeights, components, dim,
                means.mutable_data_ptr<float>());
    means_ = means.to(at::kDouble);
    weights_ = at::full({components}, 1.0 / static_cast<double>(components),
                        at::kDouble);
    variances_ = at::ones({components}, at::kDouble);
  }

  int64_t dim() const override { return dim_; }
  LabelKind label_kind() const override { return label_; }
  bool trainable() const override { return false; }

  at::Tensor Score(const ScoreInput& input, Workspace&) const override {
    at::Tensor v = variances_.unsqueeze(0);  // [1 or rows, components]
    if (label_ == LabelKind::kNoiseLevel) {
      v = v.add(input.label.square().unsqueeze(1));
    }
    // [rows, components, dim], and not |x|² − 2xμ + |μ|², which cancels.
    const at::Tensor to_mean =
        means_.unsqueeze(0).sub(input.x.to(at::kDouble).unsqueeze(1));
    const at::Tensor twice_minus_log =
        to_mean.square().sum(-1).div(v).add(v.log(), static_cast<double>(dim_));
    const at::Tensor pull =
        at::softmax(weights_.log().sub(twice_minus_log, 0.5), -1).div(v);
    return at::bmm(pull.unsqueeze(1), to_mean).squeeze(1).to(at::kFloat);
  }

  std::vector<std::pair<std::string, at::Tensor>> Weights() const override {
    return {
        {"weights", weights_}, {"means", means_}, {"variances", variances_}};
  }

  absl::Status CheckWeights() const override {
    const double* weights = weights_.const_data_ptr<double>();
    const double* variances = variances_.const_data_ptr<double>();
    double sum = 0.0;
    for (int64_t k = 0; k < weights_.numel(); ++k) {
      if (!(weights[k] > 0.0)) return Refusal("weights", k, weights[k]);
      if (!(variances[k] > 0.0)) return Refusal("variances", k, variances[k]);
      sum += weights[k];
    }
    if (!(std::abs(sum - 1.0) < 1e-4)) {
      return InvalidField("weights", "of sum 1", absl::StrCat(sum));
    }
    return absl::OkStatus();
  }

 private:
  static absl::Status Refusal(const char* array, int64_t k, double value) {
    return InvalidField(absl::StrCat(array, "[", k, "]"), "more than 0",
                        absl::StrCat(value));
  }

  int64_t dim_;
  LabelKind label_;
  at::Tensor weights_, means_, variances_;  // Double.
};

}  // namespace

const OptionTable<GaussianMixtureOptions>& GaussianMixtureOptionTable() {
  using O = GaussianMixtureOptions;
  static const auto& table = *new OptionTable<O>({
      {"components", &O::components, Between(1, 10'000),
       "Gaussians in the mixture."},
  });
  return table;
}

absl::StatusOr<std::unique_ptr<ScoreNetwork>> NewGaussianMixture(
    const ModelConfig& config, uint64_t seed) {
  absl::StatusOr<GaussianMixtureOptions> options =
      GaussianMixtureOptionTable().Parse(config.network_options);
  if (!options.ok()) return InField("network.options", options.status());
  if (config.label.kind == LabelKind::kTime) {
    return InvalidField("label.kind",
                        "label.kind must be none or noise_level for network "
                        "'gaussian_mixture'");
  }
  return std::make_unique<GaussianMixture>(config.data.dim(), config.label.kind,
                                           options->components, seed);
}

}  // namespace scoreserve
