// The energy of a multilayer perceptron f under an envelope,
//
//   E(x) = |x|² / (2 envelope²) + f(x),
//
// which keeps exp(−E) integrable, since f grows no faster than |x|. Its score
// is −∇E (energy_network.h). It knows no noise level.

#ifndef SCORESERVE_MODELS_NETWORKS_ENERGY_MLP_H_
#define SCORESERVE_MODELS_NETWORKS_ENERGY_MLP_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "models/networks/score_network.h"
#include "models/options.h"

namespace scoreserve {

struct EnergyMlpOptions {
  int64_t width = 256;
  int64_t layers = 2;
  std::string activation = "softplus";
  double envelope = 2.0;
};

const OptionTable<EnergyMlpOptions>& EnergyMlpOptionTable();

// INVALID_ARGUMENT for options out of range, or a label other than none.
absl::StatusOr<std::unique_ptr<ScoreNetwork>> NewEnergyMlp(
    const ModelConfig& config, uint64_t seed);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_NETWORKS_ENERGY_MLP_H_
