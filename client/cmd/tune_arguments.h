#ifndef SCORESERVE_CLIENT_CMD_TUNE_ARGUMENTS_H_
#define SCORESERVE_CLIENT_CMD_TUNE_ARGUMENTS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "client/cmd/connection.h"
#include "models/io/rows.h"
#include "scoreserve/client.h"

namespace scoreserve::ctl {

// What `tune` was told.
struct TuneOptions {
  ConnectionOptions connection;
  std::string model, data, columns, id;
  std::string objective = "sliced";
  std::vector<std::string> objective_settings, trainer_settings;
  int64_t steps = 0;
  int64_t min_rows = 0;
  uint64_t seed = 0;
  double hold_out_share = 0.1;
  double publish_seconds = 10.0;
  std::string alias = "stable";
  bool detach = false;
};

// `options` outlives `command`.
void AddTuneOptions(CLI::App& command, TuneOptions& options);

// The columns FIRST:END of `rows`, END not included; all of them of "". A usage
// error where there are no such.
absl::StatusOr<Rows> SelectColumns(const std::string& columns, Rows rows);

// An id from the time, which seconds and a random number make one of its own:
// "20261128-170500-4f2a".
std::string NewJobId(absl::Time now, uint32_t random);

// The job as the server's tables type it. A usage error names the option.
absl::StatusOr<FineTuneSpec> SpecOf(const TuneOptions& options,
                                    const ModelRef& base,
                                    const ObjectiveList& objectives);

}  // namespace scoreserve::ctl

#endif  // SCORESERVE_CLIENT_CMD_TUNE_ARGUMENTS_H_
