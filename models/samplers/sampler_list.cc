#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "models/samplers/sampler.h"
#include "models/status.h"

namespace scoreserve {

#define SAMPLER(New) Sampler New();
#include "models/samplers/sampler_list.inc"
#undef SAMPLER

const std::vector<Sampler>& Samplers() {
  static const auto& samplers = *new std::vector<Sampler>({
#define SAMPLER(New) New(),
#include "models/samplers/sampler_list.inc"
#undef SAMPLER
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
