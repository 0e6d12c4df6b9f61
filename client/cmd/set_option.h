#ifndef SCORESERVE_CLIENT_CMD_SET_OPTION_H_
#define SCORESERVE_CLIENT_CMD_SET_OPTION_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "scoreserve/sampling.h"

namespace scoreserve::ctl {

// `settings`, each OPTION=VALUE as `flag` gave it, with the types of `options`,
// which `owner` ("the sampler 'mala'") has: flag takes true and false; integer,
// number and text what they say. A usage error where an option is unknown, set
// twice, or not of its type. The ranges are the server's to check.
absl::StatusOr<OptionValues> TypedOptions(
    const std::string& owner, const std::vector<OptionInfo>& options,
    const std::string& flag, const std::vector<std::string>& settings);

// The same for the --set of a sampler.
absl::StatusOr<OptionValues> TypedOptions(
    const SamplerInfo& sampler, const std::vector<std::string>& settings);

// A line for each option: name, default, type and rule, help.
std::string OptionLines(const std::vector<OptionInfo>& options);

// As it is written in OPTION=VALUE.
std::string OptionText(const OptionValue& value);

}  // namespace scoreserve::ctl

#endif  // SCORESERVE_CLIENT_CMD_SET_OPTION_H_
