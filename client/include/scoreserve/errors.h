#ifndef SCORESERVE_ERRORS_H_
#define SCORESERVE_ERRORS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace scoreserve {
inline namespace client {

// What a program may want to act on, beside a status' code and message. Fields
// that do not apply are empty.
struct ErrorDetails {
  // A name from scoreserve.v1.ErrorReason without its prefix:
  // "MODEL_NOT_FOUND".
  std::string reason = {};

  // INVALID_ARGUMENT: the field that breaks its rule: "x.shape",
  // "options.step_size".
  std::string field = {};

  // NUMERIC_DIVERGENCE: the step, counted from 0.
  std::optional<int64_t> step = {};

  // RESOURCE_EXHAUSTED: how long the server would have one wait.
  std::optional<absl::Duration> retry_after = {};
};

// The details of a status that a call gave. Empty for OK and for errors that
// did not come from a server of ours.
ErrorDetails DetailsOf(const absl::Status& status);

}  // namespace client
}  // namespace scoreserve

#endif  // SCORESERVE_ERRORS_H_
