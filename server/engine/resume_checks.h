#ifndef SCORESERVE_SERVER_ENGINE_RESUME_CHECKS_H_
#define SCORESERVE_SERVER_ENGINE_RESUME_CHECKS_H_

#include <cstdint>

#include "absl/status/status.h"
#include "server/engine/work.h"

namespace scoreserve {

// Bytes of all that a request's rows carry from step to step.
int64_t StateBytes(const SampleRequest& request);

// Whether the states of request.resume_from can be put where they say: steps
// that the table has, the planes that it needs and no others, rows of the
// request and none twice, numbers that are finite. INVALID_ARGUMENT naming
// "resume_from[i].…".
absl::Status CheckResume(const SampleRequest& request);

// Row-evaluations that are left to do: all, less what the states have done.
int64_t EvaluationsLeft(const SampleRequest& request);

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_ENGINE_RESUME_CHECKS_H_
