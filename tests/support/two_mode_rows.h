// Rows of two_modes.h as clients send them, and a network to learn them.

#ifndef SCORESERVE_TESTS_SUPPORT_TWO_MODE_ROWS_H_
#define SCORESERVE_TESTS_SUPPORT_TWO_MODE_ROWS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "models/io/model_repository.h"
#include "models/networks/score_network.h"
#include "models/samplers/noise.h"

namespace scoreserve {

// ½ N(−mean, ¼) + ½ N(mean, ¼), rows of it: those from `first` on of one
// endless sequence.
inline std::vector<float> TwoModeRows(double mean, int64_t rows,
                                      uint32_t first) {
  std::vector<float> x(rows);
  std::vector<double> side(rows);
  const NoiseKey key = {.seed = 17, .step = 0, .row = first};
  FillNormals(key, Purpose::kUser, rows, 1, x.data());
  FillUniforms(key, Purpose::kStart, rows, 1, side.data());
  for (int64_t i = 0; i < rows; ++i)
    x[i] = static_cast<float>(0.5 * x[i] + (side[i] < 0.5 ? -mean : mean));
  return x;
}

// A perceptron 1-64-64-1 of seeded weights that have learnt nothing.
inline ModelFiles TwoModesFiles() {
  ModelFiles files;
  files.config.description = "Two modes.";
  files.config.network = "mlp";
  files.config.network_options = {{"width", int64_t{64}},
                                  {"activation", std::string("softplus")}};
  files.config.data.shape = {1};
  files.arrays = SaveWeights(**NewNetwork(files.config, /*seed=*/1));
  return files;
}

}  // namespace scoreserve

#endif  // SCORESERVE_TESTS_SUPPORT_TWO_MODE_ROWS_H_
