#include "client/cmd/find_sampler.h"

#include "absl/strings/str_cat.h"
#include "client/cmd/did_you_mean.h"
#include "client/cmd/outcome.h"

namespace scoreserve::ctl {

absl::StatusOr<SamplerInfo> FindSampler(
    const std::vector<SamplerInfo>& samplers, const std::string& name) {
  std::vector<std::string> names;
  for (const SamplerInfo& sampler : samplers) {
    if (sampler.name == name) return sampler;
    names.push_back(sampler.name);
  }
  return UsageError(absl::StrCat("there is no sampler '", name, "'",
                                 DidYouMean(name, names)));
}

}  // namespace scoreserve::ctl
