#ifndef SCORESERVE_SERVER_ENGINE_JOB_ERRORS_H_
#define SCORESERVE_SERVER_ENGINE_JOB_ERRORS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "models/status.h"

namespace scoreserve {

// NOT_FOUND, JOB_NOT_FOUND.
inline absl::Status UnknownJob(const std::string& name) {
  return WithReason(
      absl::NotFoundError(absl::StrCat("there is no fine-tune '", name, "'")),
      Reason::kJobNotFound);
}

// FAILED_PRECONDITION, JOB_ENDED.
inline absl::Status JobEnded(const std::string& name) {
  return WithReason(
      absl::FailedPreconditionError(absl::StrCat(name, " has ended")),
      Reason::kJobEnded);
}

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_ENGINE_JOB_ERRORS_H_
