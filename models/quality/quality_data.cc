#include "models/quality/quality_data.h"

#include <cmath>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "models/status.h"

namespace scoreserve {
namespace {

absl::StatusOr<std::vector<int>> Classes(const Rows& rows, int64_t column,
                                         DataOptions options) {
  options.first_column = column;
  options.end_column = column + 1;
  options.shape = {};
  options.offset = 0.0;
  options.scale = 1.0;
  absl::StatusOr<DataSet> set = MakeDataSet(rows, options);
  if (!set.ok()) return set.status();
  std::vector<int> classes;
  for (const float value : set->training.values) {
    if (!(value >= 0.0f) || value > 1e6f || value != std::floor(value)) {
      return InvalidField("class-column", "of integers from 0",
                          absl::StrCat(value));
    }
    classes.push_back(static_cast<int>(value));
  }
  return classes;
}

}  // namespace

absl::StatusOr<QualityData> ReadQualityData(const DataOptions& options,
                                            std::optional<int64_t> class_column,
                                            const DataSpace& space) {
  absl::StatusOr<Rows> rows = ReadRows(options.path);
  if (!rows.ok()) return rows.status();
  absl::StatusOr<DataSet> set = MakeDataSet(*rows, options);
  if (!set.ok()) return set.status();
  if (set->training.dim != space.dim()) {
    return InvalidField("columns",
                        absl::StrCat(space.dim(), ", as the model has"),
                        absl::StrCat(set->training.dim));
  }
  QualityData data = {
      .training = TensorRows(ToModelSpace(set->training, space)),
      .hold_out = TensorRows(ToModelSpace(set->hold_out, space)),
      .training_classes = {}};
  if (class_column.has_value()) {
    absl::StatusOr<std::vector<int>> classes =
        Classes(*rows, *class_column, options);
    if (!classes.ok()) return classes.status();
    data.training_classes = *classes;
  }
  return data;
}

absl::StatusOr<SamplerPlan> StandardSampler(const SamplerTarget& target) {
  constexpr double kLast = 0.05;
  absl::StatusOr<const Sampler*> sampler = FindSampler("annealed_langevin");
  if (!sampler.ok()) return sampler.status();
  return (*sampler)->plan({{"levels", int64_t{10}},
                           {"first_noise_level", 10.0},
                           {"last_noise_level", kLast},
                           {"step_size", 0.1 * kLast * kLast},
                           {"num_steps", int64_t{25}},
                           {"denoise", true}},
                          target);
}

}  // namespace scoreserve
