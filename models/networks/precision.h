// The numbers that a network computes in.

#ifndef SCORESERVE_MODELS_NETWORKS_PRECISION_H_
#define SCORESERVE_MODELS_NETWORKS_PRECISION_H_

#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "c10/core/Device.h"
#include "models/io/model_config.h"
#include "models/networks/score_network.h"

namespace scoreserve {

enum class Precision {
  kFp32,
  // Products of matrices with 10 bits of mantissa, as NVIDIA's tensor cores do
  // them; all else in float32.
  kTf32,
  // LibTorch's autocast to bfloat16, 7 bits: matrices and convolutions, and
  // what lies between them; weights stay float32.
  kBf16,
};

// "fp32", "tf32", "bf16".
absl::string_view PrecisionName(Precision precision);
// INVALID_ARGUMENT naming `field`, listing the names.
absl::StatusOr<Precision> PrecisionNamed(absl::string_view field,
                                         absl::string_view name);

// `network`, whose scores are computed in `precision` from now on; energies,
// which a Metropolis test compares, stay float32. INVALID_ARGUMENT naming
// precision where `device` has none such.
absl::StatusOr<std::unique_ptr<const ScoreNetwork>> InPrecision(
    std::unique_ptr<const ScoreNetwork> network, Precision precision,
    at::Device device);

// The most by which scores of `rounded` differ from those of `exact`, as a
// share of their length: max ‖ŝ − s‖/‖s‖ over 256 rows N(0, (1 + σ²)I), whose
// labels cover the range of the config (σ is the label where that is a noise
// level, else 0); always the same ones. Both networks lie on `device`.
double LargestError(const ScoreNetwork& exact, const ScoreNetwork& rounded,
                    const LabelRule& labels, at::Device device);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_NETWORKS_PRECISION_H_
