#ifndef SCORESERVE_MODELS_CMD_PROCESS_ARGUMENTS_H_
#define SCORESERVE_MODELS_CMD_PROCESS_ARGUMENTS_H_

#include <optional>
#include <string>
#include <vector>

#include "CLI/App.hpp"
#include "absl/status/statusor.h"
#include "models/io/model_config.h"

namespace scoreserve {

// --process and --process-set: the noise process whose time is the label.
class ProcessArguments {
 public:
  // Declares them in `group`.
  void AddTo(CLI::App& app, const std::string& group);

  // Absent where no process is named. Every option is written out, so that a
  // version does not change with our defaults. INVALID_ARGUMENT naming
  // "process" or "process-set"; as NewProcess().
  absl::StatusOr<std::optional<ProcessConfig>> Parse() const;

  bool given() const { return !name_.empty() || !settings_.empty(); }

 private:
  std::string name_;
  std::vector<std::string> settings_;
};

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_CMD_PROCESS_ARGUMENTS_H_
