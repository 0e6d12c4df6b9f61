// What the networks' tests share.

#ifndef SCORESERVE_TESTS_MODELS_NETWORKS_NETWORK_TESTING_H_
#define SCORESERVE_TESTS_MODELS_NETWORKS_NETWORK_TESTING_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "ATen/core/Tensor.h"
#include "ATen/ops/empty.h"
#include "ATen/ops/tensor.h"
#include "models/networks/score_network.h"
#include "models/samplers/noise.h"
#include "tests/support/one_thread.h"

namespace scoreserve {

inline at::Tensor Normals(int64_t rows, int64_t dim, uint64_t seed) {
  const at::Tensor x = at::empty({rows, dim});
  FillNormals(NoiseKey{.seed = seed}, Purpose::kUser, rows, dim,
              x.mutable_data_ptr<float>());
  return x;
}

inline at::Tensor Labels(std::vector<double> labels) {
  const int64_t rows = static_cast<int64_t>(labels.size());
  const at::Tensor tensor = at::empty({rows}, at::kDouble);
  for (int64_t i = 0; i < rows; ++i) {
    tensor.mutable_data_ptr<double>()[i] = labels[static_cast<size_t>(i)];
  }
  return tensor;
}

inline ModelConfig Config(std::string network, int64_t dim,
                          LabelRule label = {}, OptionValues options = {}) {
  ModelConfig config;
  config.network = std::move(network);
  config.network_options = std::move(options);
  config.data.shape = {dim};
  config.label = label;
  return config;
}

inline constexpr LabelRule kLevels = {LabelKind::kNoiseLevel, 0.01, 50.0};
inline constexpr LabelRule kLevelsFromZero = {LabelKind::kNoiseLevel, 0.0,
                                              50.0};

inline at::Tensor Classes(std::vector<int64_t> classes) {
  return at::tensor(classes, at::kLong);
}

// A small residual_mlp at the times of `process`, of `classes` classes.
inline ModelConfig TimedConfig(std::string process, int64_t dim,
                               int64_t classes = 0) {
  ModelConfig config =
      Config("residual_mlp", dim, {LabelKind::kTime, 0.001, 1.0},
             {{"width", int64_t{16}}, {"blocks", int64_t{2}}});
  config.process = ProcessConfig{.name = std::move(process), .options = {}};
  config.classes = classes;
  return config;
}

inline std::unique_ptr<ScoreNetwork> New(const ModelConfig& config,
                                         uint64_t seed = 1) {
  return std::move(NewNetwork(config, seed)).value();
}

// Weights of a fresh network all moved by `scale` normals, so that nothing is
// zero any more.
inline void Shake(const ScoreNetwork& network, double scale) {
  uint64_t seed = 100;
  for (const auto& [name, weight] : network.Weights()) {
    weight.detach().add_(
        Normals(1, weight.numel(), seed++).view(weight.sizes()), scale);
  }
}

}  // namespace scoreserve

#endif  // SCORESERVE_TESTS_MODELS_NETWORKS_NETWORK_TESTING_H_
