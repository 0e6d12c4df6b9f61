#include "models/networks/gaussian_mixture.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <numbers>
#include <string>
#include <utility>
#include <vector>

#include "ATen/ops/bmm.h"
#include "ATen/ops/empty.h"
#include "ATen/ops/full.h"
#include "ATen/ops/logsumexp.h"
#include "ATen/ops/ones.h"
#include "ATen/ops/softmax.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "models/options.h"
#include "models/processes/noise_process.h"
#include "models/samplers/noise.h"
#include "models/status.h"

namespace scoreserve {
namespace {

class GaussianMixture final : public ScoreNetwork {
 public:
  // `process` is null unless the label is a time.
  GaussianMixture(int64_t dim, LabelKind label,
                  std::shared_ptr<const NoiseProcess> process,
                  int64_t components, uint64_t seed)
      : dim_(dim), label_(label), process_(std::move(process)) {
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
  bool has_energy() const override { return true; }

  at::Tensor Score(const ScoreInput& input, Workspace&) const override {
    return ScoreOf(TermsAt(input));
  }

  at::Tensor Energy(const ScoreInput& input, Workspace&) const override {
    return EnergyOf(TermsAt(input));
  }

  ScoreAndEnergy ScoreWithEnergy(const ScoreInput& input,
                                 Workspace&) const override {
    const Terms terms = TermsAt(input);
    return {.score = ScoreOf(terms), .energy = EnergyOf(terms)};
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

  // What every component has at every row.
  struct Terms {
    at::Tensor variance;     // [1 or rows, components].
    at::Tensor to_mean;      // [rows, components, dim].
    at::Tensor log_density;  // [rows, components], with the weight.
  };

  Terms TermsAt(const ScoreInput& input) const {
    Terms terms = {.variance = variances_.unsqueeze(0),
                   .to_mean = means_.unsqueeze(0),
                   .log_density = {}};
    if (label_ == LabelKind::kNoiseLevel) {
      terms.variance = terms.variance.add(input.label.square().unsqueeze(1));
    } else if (label_ == LabelKind::kTime) {
      const auto [alpha, sigma] = LevelsOf(input.label);
      terms.variance = terms.variance.mul(alpha.square()).add(sigma.square());
      terms.to_mean = terms.to_mean.mul(alpha.unsqueeze(2));
    }
    // Not |x|² − 2xμ + |μ|², which cancels.
    terms.to_mean = terms.to_mean.sub(input.x.to(at::kDouble).unsqueeze(1));
    const auto dim = static_cast<double>(dim_);
    const at::Tensor twice_minus_log =
        terms.to_mean.square()
            .sum(-1)
            .div(terms.variance)
            .add(terms.variance.log(), dim)
            .add(dim * std::log(2.0 * std::numbers::pi));
    terms.log_density = weights_.log().sub(twice_minus_log, 0.5);
    return terms;
  }

  static at::Tensor ScoreOf(const Terms& terms) {
    const at::Tensor pull =
        at::softmax(terms.log_density, -1).div(terms.variance);
    return at::bmm(pull.unsqueeze(1), terms.to_mean).squeeze(1).to(at::kFloat);
  }

  static at::Tensor EnergyOf(const Terms& terms) {
    return at::logsumexp(terms.log_density, {-1}).neg();
  }

  // α and σ of each row's time, [rows, 1].
  std::pair<at::Tensor, at::Tensor> LevelsOf(const at::Tensor& label) const {
    const at::Tensor times = label.to(at::kCPU).contiguous();
    const int64_t rows = times.numel();
    const at::Tensor alpha = at::empty({rows, 1}, at::kDouble);
    const at::Tensor sigma = at::empty({rows, 1}, at::kDouble);
    for (int64_t i = 0; i < rows; ++i) {
      const Level level = process_->At(times.const_data_ptr<double>()[i]);
      alpha.mutable_data_ptr<double>()[i] = level.alpha;
      sigma.mutable_data_ptr<double>()[i] = level.sigma;
    }
    return {alpha.to(label.device()), sigma.to(label.device())};
  }

  int64_t dim_;
  LabelKind label_;
  std::shared_ptr<const NoiseProcess> process_;
  at::Tensor weights_, means_, variances_;  // Double.
};

const OptionTable<GaussianMixtureOptions>& Options() {
  using O = GaussianMixtureOptions;
  static const auto& table = *new OptionTable<O>({
      {"components", &O::components, Between(1, 10'000),
       "Gaussians in the mixture."},
  });
  return table;
}

absl::StatusOr<std::unique_ptr<ScoreNetwork>> New(const ModelConfig& config,
                                                  uint64_t seed) {
  absl::StatusOr<GaussianMixtureOptions> options =
      Options().Parse(config.network_options);
  if (!options.ok()) return InField("network.options", options.status());
  std::shared_ptr<const NoiseProcess> process;
  if (config.label.kind == LabelKind::kTime) {
    auto named = ProcessOf(config);
    if (!named.ok()) return named.status();
    process = *std::move(named);
  }
  return std::make_unique<GaussianMixture>(config.data.dim(), config.label.kind,
                                           std::move(process),
                                           options->components, seed);
}

}  // namespace

NetworkKind GaussianMixtureNetwork() {
  return {.name = "gaussian_mixture",
          .help = "The exact score of a mixture of isotropic Gaussians.",
          .options = Options().Describe(),
          .usual_label = {LabelKind::kNoiseLevel, 0.0, 50.0},
          .create = New};
}

}  // namespace scoreserve
