#ifndef SCORESERVE_CLIENT_CMD_FIND_SAMPLER_H_
#define SCORESERVE_CLIENT_CMD_FIND_SAMPLER_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "scoreserve/sampling.h"

namespace scoreserve::ctl {

// The sampler of that name, or a usage error that names what there is.
absl::StatusOr<SamplerInfo> FindSampler(
    const std::vector<SamplerInfo>& samplers, const std::string& name);

}  // namespace scoreserve::ctl

#endif  // SCORESERVE_CLIENT_CMD_FIND_SAMPLER_H_
