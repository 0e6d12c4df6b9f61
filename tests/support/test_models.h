// Small real models for tests of the engine and of what is above it.

#ifndef SCORESERVE_TESTS_SUPPORT_TEST_MODELS_H_
#define SCORESERVE_TESTS_SUPPORT_TEST_MODELS_H_

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "models/io/model_config.h"
#include "models/io/model_repository.h"
#include "models/networks/placement.h"
#include "models/networks/score_network.h"
#include "server/engine/model_snapshot.h"

namespace scoreserve {

// N(0, variance · I) in closed form: the score is −x / variance. With label
// NOISE_LEVEL σ in [0, 100] it is −x / (variance + σ²).
inline ModelFiles GaussianFiles(int64_t dim, float variance,
                                LabelKind label = LabelKind::kNone) {
  ModelFiles files;
  files.config.description = "A Gaussian.";
  files.config.network = "gaussian_mixture";
  files.config.network_options = {{"components", int64_t{1}}};
  files.config.data.shape = {dim};
  if (label != LabelKind::kNone) files.config.label = {label, 0.0, 100.0};
  files.arrays["weights"] = {{1}, {1.0f}};
  files.arrays["means"] = {{1, dim}, std::vector<float>(dim, 0.0f)};
  files.arrays["variances"] = {{1}, {variance}};
  return files;
}

// The benchmark's network, with seeded weights.
inline ModelFiles MlpFiles(int64_t dim = 64) {
  ModelFiles files;
  files.config.description = "A plain network with seeded weights.";
  files.config.network = "mlp";
  files.config.data.shape = {dim};
  auto network = NewNetwork(files.config, /*seed=*/1);
  files.arrays = SaveWeights(**network);
  return files;
}

// A network that is an energy, with seeded weights: |x|² / (2 envelope²) and a
// perceptron. With `zeroed`, the perceptron is 0 and the density N(0,
// envelope² · I).
inline ModelFiles EnergyMlpFiles(int64_t dim, double envelope = 2.0,
                                 bool zeroed = false) {
  ModelFiles files;
  files.config.description = "An energy with seeded weights.";
  files.config.network = "energy_mlp";
  files.config.network_options = {{"width", int64_t{32}},
                                  {"envelope", envelope}};
  files.config.data.shape = {dim};
  files.arrays = SaveWeights(**NewNetwork(files.config, /*seed=*/1));
  if (!zeroed) return files;
  // Two hidden layers: the last is the third.
  for (const char* name : {"layers.2.weight", "layers.2.bias"}) {
    for (float& weight : files.arrays.at(name).values) weight = 0.0f;
  }
  return files;
}

// `files` as the engine holds them, the weights on `device`.
inline std::shared_ptr<const ModelSnapshot> Snapshot(
    ModelFiles files, int64_t max_batch_rows = 64, std::string name = "model",
    at::Device device = at::kCPU) {
  auto snapshot = std::make_shared<ModelSnapshot>();
  snapshot->name = std::move(name);
  snapshot->version = 1;
  snapshot->network = *LoadNetwork(files.config, files.arrays);
  if (!MoveTo(device, *snapshot->network).ok()) std::abort();
  snapshot->target = *TargetOf(files.config, snapshot->network->has_energy());
  snapshot->config = std::move(files.config);
  snapshot->max_batch_rows = max_batch_rows;
  return snapshot;
}

}  // namespace scoreserve

#endif  // SCORESERVE_TESTS_SUPPORT_TEST_MODELS_H_
