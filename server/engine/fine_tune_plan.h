#ifndef SCORESERVE_SERVER_ENGINE_FINE_TUNE_PLAN_H_
#define SCORESERVE_SERVER_ENGINE_FINE_TUNE_PLAN_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "models/io/model_config.h"
#include "server/engine/fine_tune.h"

namespace scoreserve {

// What of a job never changes.
struct FineTunePlan {
  FineTuneSpec spec;
  int64_t base_version = 0;  // That it began with.
  ModelConfig config;  // Of the base version, and of all that it publishes.
};

// Without loss, as JSON: as the job store keeps it.
std::string PlanText(const FineTunePlan& plan);
absl::StatusOr<FineTunePlan> ParsePlan(absl::string_view text);

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_ENGINE_FINE_TUNE_PLAN_H_
