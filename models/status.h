// Errors as they travel from the numerics to the wire: an absl::Status, whose
// payloads say what a program may want to act on. Below server/service nothing
// knows protobuf; there these become google.rpc details.

#ifndef SCORESERVE_MODELS_STATUS_H_
#define SCORESERVE_MODELS_STATUS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace scoreserve {

// Why something was refused. One for each value of proto ErrorReason, whose
// comments say which status code goes with it; a test holds the two together.
enum class Reason {
  kInvalidField,
  kModelNotFound,
  kVersionNotFound,
  kUnknownSampler,
  kUnsuitableModel,
  kNumericDivergence,
  kOverloaded,
  kStopping,
  kExpired,
  kCancelled,
  kUnsupportedFormat,
  kCorruptModel,
  kInternalFault,
  kVersionGone,
  kInexact,
  kJobNotFound,
  kJobExists,
  kJobEnded,
  kQuotaReached,
  kOffsetGap,
  kGenerationChanged,
  kStorageFailed,
  kNoStateFolder,
  kOutOfMemory,
};

// "INVALID_FIELD", …: the string on the wire.
absl::string_view ReasonName(Reason reason);

// `status` with that reason attached. Requires !status.ok().
absl::Status WithReason(absl::Status status, Reason reason);

// INVALID_ARGUMENT "`field` must be `rule`; was `value`", reason INVALID_FIELD.
absl::Status InvalidField(absl::string_view field, absl::string_view rule,
                          absl::string_view value);

// The same with a message of its own, where that scheme does not fit.
absl::Status InvalidField(absl::string_view field, absl::string_view message);

// The same status, its field and its message prefixed: "shape" in "x" is
// "x.shape", and a message that does not begin with its field becomes "in x,
// …".
absl::Status InField(absl::string_view prefix, absl::Status status);

// OUT_OF_RANGE, NUMERIC_DIVERGENCE: row `row` was not finite at `step`.
absl::Status Diverged(int64_t step, int64_t row);

// RESOURCE_EXHAUSTED, OVERLOADED: worth another try after `retry_after`, or not
// at all where that is infinite.
absl::Status Overloaded(absl::string_view message, absl::Duration retry_after);

// What was attached, where something was.
std::optional<Reason> ReasonOf(const absl::Status& status);
std::optional<std::string> FieldOf(const absl::Status& status);
std::optional<int64_t> StepOf(const absl::Status& status);
std::optional<absl::Duration> RetryAfterOf(const absl::Status& status);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_STATUS_H_
