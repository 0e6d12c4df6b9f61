// The label of samplers that stay at one: Langevin dynamics of all kinds.

#ifndef SCORESERVE_MODELS_SAMPLERS_FIXED_LABEL_H_
#define SCORESERVE_MODELS_SAMPLERS_FIXED_LABEL_H_

#include "absl/status/statusor.h"
#include "models/options.h"
#include "models/processes/noise_process.h"
#include "models/samplers/sampler.h"

namespace scoreserve {

// The level that the option "label", parsed from `values` as `label`, stands
// for; clean data where the network takes no label. INVALID_ARGUMENT naming
// "label" where it lies outside the network's range, or is given to a network
// that takes none.
absl::StatusOr<Level> LevelOfLabel(const OptionValues& values, double label,
                                   const SamplerTarget& target);

// Sampler::example of these samplers: the label 0.5, brought into the network's
// range. It blurs a model space of about unit variance enough for their default
// step sizes. Empty where the network takes no label.
OptionValues ExampleLabel(const SamplerTarget& target);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_SAMPLERS_FIXED_LABEL_H_
