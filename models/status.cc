#include "models/status.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/cord.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace scoreserve {
namespace {

// Payload keys.
constexpr char kReason[] = "scoreserve/reason";
constexpr char kField[] = "scoreserve/field";
constexpr char kStep[] = "scoreserve/step";
constexpr char kRetryAfterMillis[] = "scoreserve/retry-after-ms";

constexpr std::array<absl::string_view, 24> kNames = {
    "INVALID_FIELD",   "MODEL_NOT_FOUND",    "VERSION_NOT_FOUND",
    "UNKNOWN_SAMPLER", "UNSUITABLE_MODEL",   "NUMERIC_DIVERGENCE",
    "OVERLOADED",      "STOPPING",           "EXPIRED",
    "CANCELLED",       "UNSUPPORTED_FORMAT", "CORRUPT_MODEL",
    "INTERNAL_FAULT",  "VERSION_GONE",       "INEXACT",
    "JOB_NOT_FOUND",   "JOB_EXISTS",         "JOB_ENDED",
    "QUOTA_REACHED",   "OFFSET_GAP",         "GENERATION_CHANGED",
    "STORAGE_FAILED",  "NO_STATE_FOLDER",    "OUT_OF_MEMORY",
};
static_assert(kNames.size() == static_cast<size_t>(Reason::kOutOfMemory) + 1);

std::optional<std::string> Payload(const absl::Status& status,
                                   const char* key) {
  const absl::optional<absl::Cord> payload = status.GetPayload(key);
  if (!payload.has_value()) return std::nullopt;
  return std::string(*payload);
}

std::optional<int64_t> IntegerPayload(const absl::Status& status,
                                      const char* key) {
  const std::optional<std::string> text = Payload(status, key);
  int64_t value = 0;
  if (!text.has_value() || !absl::SimpleAtoi(*text, &value))
    return std::nullopt;
  return value;
}

}  // namespace

absl::string_view ReasonName(Reason reason) {
  return kNames[static_cast<size_t>(reason)];
}

absl::Status WithReason(absl::Status status, Reason reason) {
  status.SetPayload(kReason,
                    absl::Cord(absl::StrCat(static_cast<int>(reason))));
  return status;
}

absl::Status InvalidField(absl::string_view field, absl::string_view rule,
                          absl::string_view value) {
  return InvalidField(field,
                      absl::StrCat(field, " must be ", rule, "; was ", value));
}

absl::Status InvalidField(absl::string_view field, absl::string_view message) {
  absl::Status status =
      WithReason(absl::InvalidArgumentError(message), Reason::kInvalidField);
  status.SetPayload(kField, absl::Cord(field));
  return status;
}

absl::Status InField(absl::string_view prefix, absl::Status status) {
  const std::optional<std::string> field = FieldOf(status);
  const bool begins_with_field =
      field.has_value() && absl::StartsWith(status.message(), *field);
  absl::Status outer(status.code(),
                     begins_with_field
                         ? absl::StrCat(prefix, ".", status.message())
                         : absl::StrCat("in ", prefix, ", ", status.message()));
  status.ForEachPayload(
      [&outer](absl::string_view key, const absl::Cord& value) {
        outer.SetPayload(key, value);
      });
  if (field.has_value()) {
    outer.SetPayload(kField, absl::Cord(absl::StrCat(prefix, ".", *field)));
  }
  return outer;
}

absl::Status Diverged(int64_t step, int64_t row) {
  absl::Status status =
      WithReason(absl::OutOfRangeError(absl::StrCat(
                     "row ", row, " must stay finite; was not at step ", step)),
                 Reason::kNumericDivergence);
  status.SetPayload(kStep, absl::Cord(absl::StrCat(step)));
  return status;
}

absl::Status Overloaded(absl::string_view message, absl::Duration retry_after) {
  absl::Status status =
      WithReason(absl::ResourceExhaustedError(message), Reason::kOverloaded);
  status.SetPayload(
      kRetryAfterMillis,
      absl::Cord(absl::StrCat(absl::ToInt64Milliseconds(retry_after))));
  return status;
}

std::optional<Reason> ReasonOf(const absl::Status& status) {
  const std::optional<int64_t> reason = IntegerPayload(status, kReason);
  if (!reason.has_value()) return std::nullopt;
  return static_cast<Reason>(*reason);
}

std::optional<std::string> FieldOf(const absl::Status& status) {
  return Payload(status, kField);
}

std::optional<int64_t> StepOf(const absl::Status& status) {
  return IntegerPayload(status, kStep);
}

std::optional<absl::Duration> RetryAfterOf(const absl::Status& status) {
  const std::optional<int64_t> millis =
      IntegerPayload(status, kRetryAfterMillis);
  if (!millis.has_value()) return std::nullopt;
  // What ToInt64Milliseconds() makes of an infinite one.
  if (*millis == std::numeric_limits<int64_t>::max())
    return absl::InfiniteDuration();
  return absl::Milliseconds(*millis);
}

}  // namespace scoreserve
