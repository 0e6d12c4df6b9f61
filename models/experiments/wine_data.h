// The wine quality data of the UCI repository (Cortez and others 2009) as
// Song, Garg, Shi and Ermon (2019) prepared them.

#ifndef SCORESERVE_MODELS_EXPERIMENTS_WINE_DATA_H_
#define SCORESERVE_MODELS_EXPERIMENTS_WINE_DATA_H_

#include <cstdint>
#include <string>

#include "ATen/core/Tensor.h"
#include "absl/status/statusor.h"

namespace scoreserve {

struct WineData {
  at::Tensor train{}, validation{}, test{};  // Float32, [rows, 11].
  // Bool, [rows]: whether a row of the test is in the file like no row that is
  // trained on. The data repeat themselves.
  at::Tensor unlike{};
};

// The file's rows without the last column, which is the quality: each column
// spread by the median gap between its values times U(−1, 1), rows in an order
// drawn from `seed`, whitened with the moments of all of them, and 0.05 N(0, 1)
// added. A tenth of them, 1000 at most, is for the test, and a tenth of the
// rest for validation. Errors as ReadRows().
absl::StatusOr<WineData> ReadWine(const std::string& path, uint64_t seed);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_EXPERIMENTS_WINE_DATA_H_
