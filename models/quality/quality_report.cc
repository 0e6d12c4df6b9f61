#include "models/quality/quality_report.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "ATen/ops/arange.h"
#include "ATen/ops/empty.h"
#include "ATen/ops/full.h"
#include "ATen/ops/tensor.h"
#include "absl/strings/str_format.h"
#include "models/quality/run_sampler.h"
#include "models/samplers/noise.h"

namespace scoreserve {
namespace {

constexpr int64_t kSubsets = 20;
constexpr int kNeighbours = 5;

double Median(std::vector<double> values) {
  const auto middle =
      values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

double RarestClass(const Rows& samples, const QualityData& data) {
  if (data.training_classes.empty()) return 0.0;
  const std::vector<int> found = NearestClasses(
      samples, data.training, data.training_classes, kNeighbours);
  std::vector<int64_t> counts(
      static_cast<size_t>(1 + *std::max_element(data.training_classes.begin(),
                                                data.training_classes.end())));
  for (const int c : found) ++counts[static_cast<size_t>(c)];
  return static_cast<double>(*std::min_element(counts.begin(), counts.end())) /
         static_cast<double>(found.size());
}

// Row i is of class i mod `classes`.
at::Tensor ClassesInTurn(int64_t rows, int64_t classes) {
  return at::arange(rows, at::kLong).remainder(classes);
}

std::string SampleLine(const SampleQuality& quality) {
  return absl::StrFormat("| %s | %.3f | %.3f | %.3f | %.1f %% | %.2f |\n",
                         quality.name, quality.accuracy.pooled,
                         quality.accuracy.first, quality.accuracy.second,
                         100.0 * quality.rarest_class, quality.distance_ratio);
}

}  // namespace

std::vector<DenoisingQuality> MeasureDenoisingQuality(
    const ScoreNetwork& network, const SamplerTarget& target,
    const QualityData& data, const QualityOptions& options) {
  const GaussianFit fit(RowsTensor(data.training));
  ConditionedRows hold_out = {.x = RowsTensor(data.hold_out)};
  if (network.classes() > 0 && !data.hold_out_classes.empty()) {
    hold_out.condition = at::tensor(data.hold_out_classes, at::kLong);
  }
  std::vector<DenoisingQuality> quality;
  for (const double level : options.noise_levels) {
    if (!HasNoiseLevel(target, level)) continue;
    quality.push_back(
        {.noise_level = level,
         .errors = MeasureDenoising(network, target, fit, hold_out, level,
                                    options.seed)});
  }
  return quality;
}

ClassAgreement MeasureClasses(const ScoreNetwork& network,
                              const SamplerPlan& sampler,
                              const QualityData& data, double guidance,
                              int64_t per_class, uint64_t seed) {
  const int64_t classes = network.classes(), rows = classes * per_class;
  const Rows samples = TensorRows(
      RunSampler(network, sampler, rows, seed,
                 {.condition = ClassesInTurn(rows, classes),
                  .guidance = at::full({rows}, guidance, at::kFloat)}));
  const std::vector<int> found = NearestClasses(
      samples, data.training, data.training_classes, kNeighbours);
  std::vector<int64_t> right(static_cast<size_t>(classes));
  for (int64_t i = 0; i < rows; ++i) {
    const int64_t wanted = i % classes;
    if (found[static_cast<size_t>(i)] == wanted) {
      ++right[static_cast<size_t>(wanted)];
    }
  }
  const auto n = static_cast<double>(per_class);
  return {.guidance = guidance,
          .all = static_cast<double>(
                     std::accumulate(right.begin(), right.end(), int64_t{0})) /
                 static_cast<double>(rows),
          .worst = static_cast<double>(
                       *std::min_element(right.begin(), right.end())) /
                   n};
}

SampleQuality MeasureSamples(std::string name, const Rows& samples,
                             const QualityData& data,
                             const QualityOptions& options) {
  return {
      .name = std::move(name),
      .accuracy = MeanNearestNeighbourAccuracy(
          samples, data.hold_out, options.subset, kSubsets, options.seed),
      .rarest_class = RarestClass(samples, data),
      .distance_ratio = Median(NearestDistances(samples, data.training)) /
                        Median(NearestDistances(data.hold_out, data.training))};
}

QualityReport MeasureQuality(const ScoreNetwork& network,
                             const SamplerTarget& target,
                             const SamplerPlan& sampler,
                             const QualityData& data,
                             const QualityOptions& options) {
  SamplerInputs conditions;
  std::vector<ClassAgreement> agreements;
  if (const int64_t classes = network.classes(); classes > 0) {
    conditions.condition = ClassesInTurn(options.samples, classes);
    for (const double guidance : options.guidance) {
      if (data.training_classes.empty()) break;
      agreements.push_back(MeasureClasses(
          network, sampler, data, guidance,
          std::max<int64_t>(1, options.samples / classes), options.seed));
    }
  }
  const Rows samples = TensorRows(
      RunSampler(network, sampler, options.samples, options.seed, conditions));
  const at::Tensor z =
      at::empty({options.samples, data.training.dim}, at::kFloat);
  FillNormals(NoiseKey{.seed = options.seed}, Purpose::kStart, z.size(0),
              z.size(1), z.mutable_data_ptr<float>());
  const Rows draws = TensorRows(GaussianFit(RowsTensor(data.training)).Draw(z));
  return {
      .denoising = MeasureDenoisingQuality(network, target, data, options),
      .classes = std::move(agreements),
      .samples = MeasureSamples("samples of the model", samples, data, options),
      .training_rows = MeasureSamples("rows of the training set", data.training,
                                      data, options),
      .gaussian =
          MeasureSamples("draws of a fitted Gaussian", draws, data, options)};
}

std::string QualityTables(const QualityReport& report) {
  std::string text =
      "| noise level | network's error | best affine denoiser's | ratio |\n"
      "|---|---|---|---|\n";
  for (const DenoisingQuality& row : report.denoising) {
    absl::StrAppendFormat(&text, "| %g | %.4f | %.4f | %.2f |\n",
                          row.noise_level, row.errors.network,
                          row.errors.affine,
                          row.errors.network / row.errors.affine);
  }
  if (!report.classes.empty()) {
    text +=
        "\n| guidance | of the class asked for | worst class "
        "|\n|---|---|---|\n";
  }
  for (const ClassAgreement& row : report.classes) {
    absl::StrAppendFormat(&text, "| %g | %.3f | %.3f |\n", row.guidance,
                          row.all, row.worst);
  }
  text +=
      "\n| rows | 1-NN pooled | their half | data's half | rarest class | "
      "distance "
      "ratio |\n|---|---|---|---|---|---|\n";
  for (const SampleQuality* row :
       {&report.samples, &report.training_rows, &report.gaussian}) {
    text += SampleLine(*row);
  }
  return text;
}

at::Tensor RowsTensor(const Rows& rows) {
  const at::Tensor tensor = at::empty({rows.rows(), rows.dim}, at::kFloat);
  std::copy(rows.values.begin(), rows.values.end(),
            tensor.mutable_data_ptr<float>());
  return tensor;
}

Rows TensorRows(const at::Tensor& tensor) {
  const at::Tensor flat = tensor.contiguous();
  const float* data = flat.const_data_ptr<float>();
  return {.dim = tensor.size(1),
          .values = std::vector<float>(data, data + tensor.numel())};
}

}  // namespace scoreserve
