#ifndef SCORESERVE_MODELS_CMD_EVALUATE_H_
#define SCORESERVE_MODELS_CMD_EVALUATE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "CLI/App.hpp"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "models/cmd/arguments.h"
#include "models/quality/quality_report.h"
#include "models/samplers/sampler.h"

namespace scoreserve {

// scoretrain evaluate: a model and its data in, the tables of docs/quality.md
// out.
class EvaluateCommand {
 public:
  void AddTo(CLI::App& app);
  absl::Status Run() const;

 private:
  DataArguments data_;
  // The sampler asked for, or the standard one of the label.
  absl::StatusOr<SamplerPlan> Plan(const SamplerTarget& target) const;

  std::string repository_, model_, sampler_;
  std::vector<std::string> sampler_settings_;
  int64_t version_ = 0;
  QualityOptions options_;
  int threads_ = 1;
};

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_CMD_EVALUATE_H_
