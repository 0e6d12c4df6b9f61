#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "models/samplers/annealed_langevin.h"
#include "models/samplers/ddim.h"
#include "models/samplers/dpm_solver.h"
#include "models/samplers/euler_maruyama.h"
#include "models/samplers/heun.h"
#include "models/samplers/langevin.h"
#include "models/samplers/mala.h"
#include "models/samplers/predictor_corrector.h"
#include "models/samplers/reverse_diffusion.h"
#include "models/samplers/sampler.h"
#include "models/samplers/underdamped_langevin.h"
#include "models/status.h"

namespace scoreserve {

const std::vector<Sampler>& Samplers() {
  // A new sampler is one line here, by name.
  static const auto& samplers = *new std::vector<Sampler>({
      AnnealedLangevinSampler(),
      DdimSampler(),
      DpmSolverSampler(),
      EulerMaruyamaSampler(),
      HeunSampler(),
      LangevinSampler(),
      MalaSampler(),
      PredictorCorrectorSampler(),
      ReverseDiffusionSampler(),
      UnderdampedLangevinSampler(),
  });
  return samplers;
}

OptionValues ExampleOptions(const Sampler& sampler,
                            const SamplerTarget& target) {
  OptionValues values;
  if (sampler.example) values = sampler.example(target);
  for (const OptionDescription& option : sampler.options) {
    if (option.required) values.emplace(option.name, option.default_value);
  }
  return values;
}

absl::StatusOr<const Sampler*> FindSampler(absl::string_view name) {
  for (const Sampler& sampler : Samplers()) {
    if (sampler.name == name) return &sampler;
  }
  const auto append_name = [](std::string* out, const Sampler& sampler) {
    out->append(sampler.name);
  };
  return WithReason(absl::InvalidArgumentError(absl::StrCat(
                        "there is no sampler '", name, "'; there are: ",
                        absl::StrJoin(Samplers(), ", ", append_name))),
                    Reason::kUnknownSampler);
}

}  // namespace scoreserve
