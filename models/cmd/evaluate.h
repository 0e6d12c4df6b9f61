#ifndef SCORESERVE_MODELS_CMD_EVALUATE_H_
#define SCORESERVE_MODELS_CMD_EVALUATE_H_

#include <cstdint>
#include <string>

#include "CLI/App.hpp"
#include "absl/status/status.h"
#include "models/cmd/arguments.h"
#include "models/quality/quality_report.h"

namespace scoreserve {

// scoretrain evaluate: a model and its data in, the tables of docs/quality.md
// out.
class EvaluateCommand {
 public:
  void AddTo(CLI::App& app);
  absl::Status Run() const;

 private:
  DataArguments data_;
  std::string repository_, model_;
  int64_t version_ = 0, class_column_ = -1;
  QualityOptions options_;
  int threads_ = 1;
};

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_CMD_EVALUATE_H_
