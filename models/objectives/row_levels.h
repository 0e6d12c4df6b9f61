// Where the rows that a network is trained on are noised to.

#ifndef SCORESERVE_MODELS_OBJECTIVES_ROW_LEVELS_H_
#define SCORESERVE_MODELS_OBJECTIVES_ROW_LEVELS_H_

#include <cstdint>
#include <memory>
#include <optional>

#include "ATen/core/Tensor.h"
#include "absl/status/statusor.h"
#include "models/io/model_config.h"
#include "models/objectives/noise_levels.h"
#include "models/processes/noise_process.h"
#include "models/samplers/noise.h"

namespace scoreserve {

// Of each row, float64 [rows] each: x̃ = alpha·x + sigma·z.
struct RowLevels {
  at::Tensor alpha{}, sigma{};
  at::Tensor label{};  // What the network receives, where it takes a label.

  RowLevels To(at::Device device) const {
    return {.alpha = alpha.to(device),
            .sigma = sigma.to(device),
            .label = label.to(device)};
  }
};

// Those whose label is the noise level itself: α = 1.
RowLevels LevelsOfNoise(const at::Tensor& sigma);

// The levels of a network's own label. Immutable.
class LevelLaw {
 public:
  // Always at the noise σ/α = `noise_level` or, where that is 0, one drawn for
  // each row from the label's range (noise_levels.h); a network without a label
  // then has none, and σ = 0. INVALID_ARGUMENT naming noise_level where it is
  // outside the label's range, or 0 where only levels are in that range that
  // are never drawn; as ProcessOf().
  static absl::StatusOr<LevelLaw> New(double noise_level,
                                      const ModelConfig& config);

  // Whether rows stay as they are.
  bool none() const { return noise_level_ == 0.0 && !drawn_.has_value(); }

  // Those of rows first.row, first.row + 1, …
  RowLevels Draw(int64_t rows, const NoiseKey& first) const;

 private:
  LevelLaw(double noise_level, const LabelRule& label,
           std::shared_ptr<const NoiseProcess> process)
      : noise_level_(noise_level),
        label_(label),
        process_(std::move(process)) {}

  RowLevels AtTimes(const at::Tensor& noise) const;

  double noise_level_;
  LabelRule label_;
  std::shared_ptr<const NoiseProcess> process_;  // Of labels that are times.
  std::optional<NoiseLevels> drawn_;
};

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_OBJECTIVES_ROW_LEVELS_H_
