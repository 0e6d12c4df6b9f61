// What a sampler is to everybody else: a name, an option table, and a function
// from options to a step table.

#ifndef SCORESERVE_MODELS_SAMPLERS_SAMPLER_H_
#define SCORESERVE_MODELS_SAMPLERS_SAMPLER_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "models/io/model_config.h"
#include "models/options.h"
#include "models/samplers/step_table.h"

namespace scoreserve {

// A sampler with its options resolved, ready to run.
struct SamplerPlan {
  StepTable table;
  // Rows that are not given start at start_scale · z, in model space, z
  // standard normal from Purpose::kStart.
  double start_scale = 1.0;
};

struct Sampler {
  std::string name;
  std::string help;  // One sentence, with the source.
  std::vector<OptionDescription> options;
  // INVALID_ARGUMENT naming the option, its rule and the value; reason
  // UNSUITABLE_MODEL where this sampler cannot run on a network with that
  // label.
  std::function<absl::StatusOr<SamplerPlan>(const OptionValues&,
                                            const LabelRule&)>
      plan;
};

// All of them, by name. A new sampler is one line in sampler_list.cc.
const std::vector<Sampler>& Samplers();

// INVALID_ARGUMENT, UNKNOWN_SAMPLER, listing the names that there are.
absl::StatusOr<const Sampler*> FindSampler(absl::string_view name);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_SAMPLERS_SAMPLER_H_
