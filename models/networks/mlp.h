// The plain multilayer perceptron: x → (linear, activation) × layers → linear →
// score. It knows no noise level, so it learns the score of one density: with
// no hidden layer, a Gaussian's.

#ifndef SCORESERVE_MODELS_NETWORKS_MLP_H_
#define SCORESERVE_MODELS_NETWORKS_MLP_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "models/networks/score_network.h"
#include "models/options.h"

namespace scoreserve {

struct MlpOptions {
  int64_t width = 256;
  int64_t layers = 2;
  std::string activation = "silu";
};

const OptionTable<MlpOptions>& MlpOptionTable();

// INVALID_ARGUMENT for options out of range, or a label other than none.
absl::StatusOr<std::unique_ptr<ScoreNetwork>> NewMlp(const ModelConfig& config,
                                                     uint64_t seed);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_NETWORKS_MLP_H_
