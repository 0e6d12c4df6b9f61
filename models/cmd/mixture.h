#ifndef SCORESERVE_MODELS_CMD_MIXTURE_H_
#define SCORESERVE_MODELS_CMD_MIXTURE_H_

#include <string>

#include "CLI/App.hpp"
#include "absl/status/status.h"
#include "models/cmd/process_arguments.h"

namespace scoreserve {

// scoretrain mixture: a table of components in, a closed-form model out.
class MixtureCommand {
 public:
  void AddTo(CLI::App& app);
  absl::Status Run() const;

 private:
  ProcessArguments process_;
  std::string components_, label_range_, repository_, model_, description_;
};

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_CMD_MIXTURE_H_
