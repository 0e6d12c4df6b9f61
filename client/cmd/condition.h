#ifndef SCORESERVE_CLIENT_CMD_CONDITION_H_
#define SCORESERVE_CLIENT_CMD_CONDITION_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/status/statusor.h"

namespace scoreserve::ctl {

// What rows are conditioned on.
struct ConditionOptions {
  std::string condition = {};  // "class=7" or "class=0,1,2"; empty: nothing.
  std::optional<double> guidance = {};
};

// Adds --condition; `options` outlives `command`, which owns the result.
CLI::Option* AddConditionOption(CLI::App& command, ConditionOptions& options);

// Adds --condition and --guidance; `options` outlives `command`.
void AddConditionOptions(CLI::App& command, ConditionOptions& options);

// The classes, repeated until there are `rows`; one class alone stays one, and
// nothing stays nothing. A usage error where the text has another form.
absl::StatusOr<std::vector<int64_t>> ClassesOf(const ConditionOptions& options,
                                               int64_t rows);

}  // namespace scoreserve::ctl

#endif  // SCORESERVE_CLIENT_CMD_CONDITION_H_
