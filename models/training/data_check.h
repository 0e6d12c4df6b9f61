#ifndef SCORESERVE_MODELS_TRAINING_DATA_CHECK_H_
#define SCORESERVE_MODELS_TRAINING_DATA_CHECK_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "models/io/rows.h"

namespace scoreserve {

// Whether the score of the density of `training` rows itself, without noise
// (Estimand::kClean), can be learnt: where the rows lie in a hyperplane they
// have no density, and the loss has no lower bound. Refused are a column whose
// values are all the same, and as few distinct rows as there are columns, which
// always lie in one. INVALID_ARGUMENT naming the field "data", the column as
// the file counts it, from 0 (`first_column` is that of the first here), and
// `objective`.
absl::Status CheckHasDensity(const Rows& training, int64_t first_column,
                             absl::string_view objective);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_TRAINING_DATA_CHECK_H_
