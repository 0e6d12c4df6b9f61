#include "models/quality/quality_data.h"

#include <cstdint>

#include "absl/strings/str_cat.h"
#include "models/status.h"

namespace scoreserve {
absl::StatusOr<QualityData> ReadQualityData(const DataOptions& options,
                                            const DataSpace& space) {
  absl::StatusOr<DataSet> set = ReadDataSet(options);
  if (!set.ok()) return set.status();
  if (set->training.dim != space.dim()) {
    return InvalidField("columns",
                        absl::StrCat(space.dim(), ", as the model has"),
                        absl::StrCat(set->training.dim));
  }
  return QualityData{.training = TensorRows(ToModelSpace(set->training, space)),
                     .hold_out = TensorRows(ToModelSpace(set->hold_out, space)),
                     .training_classes = {set->training_classes.begin(),
                                          set->training_classes.end()},
                     .hold_out_classes = set->hold_out_classes};
}

absl::StatusOr<SamplerPlan> StandardSampler(const SamplerTarget& target) {
  if (target.label.kind == LabelKind::kTime) {
    absl::StatusOr<const Sampler*> ddim = FindSampler("ddim");
    if (!ddim.ok()) return ddim.status();
    return (*ddim)->plan({{"num_steps", int64_t{50}}}, target);
  }
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
