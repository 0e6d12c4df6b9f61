// What a sampler is to everybody else: a name, an option table, and a function
// from options to a step table.

#ifndef SCORESERVE_MODELS_SAMPLERS_SAMPLER_H_
#define SCORESERVE_MODELS_SAMPLERS_SAMPLER_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "models/io/model_config.h"
#include "models/options.h"
#include "models/processes/noise_process.h"
#include "models/samplers/step_table.h"

namespace scoreserve {

// What a sampler has to know of the network that it runs on.
struct SamplerTarget {
  LabelRule label = {};
  // As ProcessOf(): null where there is none, and then a sampler of diffusions
  // does not fit.
  std::shared_ptr<const NoiseProcess> process = {};
  bool has_energy = false;

  // The label of `level`, brought back into the rule's range where a rounding
  // took it out.
  double LabelOf(const Level& level) const;
};

// INVALID_ARGUMENT as ProcessOf().
absl::StatusOr<SamplerTarget> TargetOf(const ModelConfig& config,
                                       bool has_energy);

// What becomes of the rows that a run starts from: x ← keep·x + noise·z, z
// standard normal from Purpose::kStart.
struct StartMap {
  double keep = 1.0;
  double noise = 0.0;
};

// A sampler with its options resolved, ready to run. All in model space.
struct SamplerPlan {
  StepTable table;
  // Rows that are not given start at start_scale · z, as StartMap's z.
  double start_scale = 1.0;
  // Rows that are given start here, taken as they are ...
  StartMap given = {};
  // ... or as clean data that is noised to the first level. Absent where the
  // sampler has no such level.
  std::optional<StartMap> noised = {};
  // The companion starts at companion_scale · z, z from Purpose::kCompanion.
  double companion_scale = 0.0;
  // The α and σ of the start, as Step's end_alpha and end_sigma.
  double start_alpha = 1.0, start_sigma = 0.0;
  // Whether its steps are all one at one label, so that a row is a
  // time-homogeneous Markov chain with that label's density for its law, up to
  // what the step size does: what diagnostics take for granted.
  bool homogeneous = false;
};

struct Sampler {
  std::string name;
  std::string help;  // One sentence, with the source.
  std::vector<OptionDescription> options;
  // INVALID_ARGUMENT naming the option, its rule and the value; reason
  // UNSUITABLE_MODEL where this sampler cannot run on such a network.
  std::function<absl::StatusOr<SamplerPlan>(const OptionValues&,
                                            const SamplerTarget&)>
      plan;
  // Options that suit a beginner on such a network, where the defaults and what
  // ExampleOptions() adds to them do not. May be empty.
  std::function<OptionValues(const SamplerTarget&)> example = {};
};

// All of them, by name. A new sampler is one line in sampler_list.inc.
const std::vector<Sampler>& Samplers();

// Options to begin with on `target`: what must be given, at the values that the
// option table's struct begins with, and over it what `sampler.example` says.
OptionValues ExampleOptions(const Sampler& sampler,
                            const SamplerTarget& target);

// INVALID_ARGUMENT, UNKNOWN_SAMPLER, listing the names that there are.
absl::StatusOr<const Sampler*> FindSampler(absl::string_view name);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_SAMPLERS_SAMPLER_H_
