#ifndef SCORESERVE_CLIENT_CMD_TUNE_ARGUMENTS_H_
#define SCORESERVE_CLIENT_CMD_TUNE_ARGUMENTS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "client/cmd/connection.h"
#include "client/cmd/tune_data.h"
#include "scoreserve/client.h"

namespace scoreserve::ctl {

// What `tune` was told.
struct TuneOptions {
  ConnectionOptions connection;
  TuneDataOptions data;
  std::string model, id;
  std::string objective = "sliced";
  std::string gate_objective;  // Empty: the objective.
  std::vector<std::string> objective_settings, trainer_settings, gate_settings;
  int64_t steps = 0;
  std::string buffer = "window";
  int64_t capacity = 65536;
  int64_t min_rows = 0;
  uint64_t seed = 0;
  double hold_out_share = 0.1;
  double publish_seconds = 10.0;
  double checkpoint_seconds = 10.0;
  int64_t max_rows = int64_t{1} << 32;
  int64_t max_bytes = int64_t{1} << 30;
  std::string alias = "stable";
  bool detach = false;
};

// `options` outlives `command`.
void AddTuneOptions(CLI::App& command, TuneOptions& options);

// An id from the time, which seconds and a random number make one of its own:
// "20261128-170500-4f2a".
std::string NewJobId(absl::Time now, uint32_t random);

// The job as the server's tables type it. A usage error names the option.
absl::StatusOr<FineTuneSpec> SpecOf(const TuneOptions& options,
                                    const ModelRef& base,
                                    const ObjectiveList& objectives);

}  // namespace scoreserve::ctl

#endif  // SCORESERVE_CLIENT_CMD_TUNE_ARGUMENTS_H_
