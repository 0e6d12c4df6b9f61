#include "client/src/status_codec.h"

#include <cstdint>
#include <string>

#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "google/rpc/error_details.pb.h"
#include "scoreserve/errors.h"

namespace scoreserve {
inline namespace client {
namespace {

// The name under which other libraries, too, keep these details.
constexpr char kPayload[] = "type.googleapis.com/google.rpc.Status";

absl::Status Make(int code, absl::string_view message,
                  absl::string_view details) {
  absl::Status status(static_cast<absl::StatusCode>(code), message);
  if (!details.empty()) status.SetPayload(kPayload, absl::Cord(details));
  return status;
}

void Read(const google::protobuf::Any& any, ErrorDetails& details) {
  google::rpc::ErrorInfo info;
  google::rpc::BadRequest bad;
  google::rpc::RetryInfo retry;
  if (any.UnpackTo(&info)) {
    details.reason = info.reason();
    const auto step = info.metadata().find("step");
    int64_t value = 0;
    if (step != info.metadata().end() &&
        absl::SimpleAtoi(step->second, &value)) {
      details.step = value;
    }
  } else if (any.UnpackTo(&bad)) {
    if (!bad.field_violations().empty()) {
      details.field = bad.field_violations(0).field();
    }
  } else if (any.UnpackTo(&retry)) {
    details.retry_after = absl::Seconds(retry.retry_delay().seconds()) +
                          absl::Nanoseconds(retry.retry_delay().nanos());
  }
}

}  // namespace

absl::Status FromGrpc(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  return Make(status.error_code(), status.error_message(),
              status.error_details());
}

absl::Status FromRpc(const google::rpc::Status& status) {
  if (status.code() == 0) return absl::OkStatus();
  return Make(status.code(), status.message(), status.SerializeAsString());
}

absl::Status InvalidField(absl::string_view field, absl::string_view rule,
                          absl::string_view value) {
  google::rpc::Status status;
  status.set_code(static_cast<int>(absl::StatusCode::kInvalidArgument));
  status.set_message(absl::StrCat(field, " must be ", rule, "; was ", value));
  google::rpc::ErrorInfo info;
  info.set_domain("scoreserve");
  info.set_reason("INVALID_FIELD");
  status.add_details()->PackFrom(info);
  google::rpc::BadRequest bad;
  auto* violation = bad.add_field_violations();
  violation->set_field(std::string(field));
  violation->set_description(status.message());
  status.add_details()->PackFrom(bad);
  return FromRpc(status);
}

ErrorDetails DetailsOf(const absl::Status& status) {
  ErrorDetails details;
  const absl::optional<absl::Cord> payload = status.GetPayload(kPayload);
  google::rpc::Status wire;
  if (!payload.has_value() || !wire.ParseFromString(std::string(*payload))) {
    return details;
  }
  for (const google::protobuf::Any& any : wire.details()) Read(any, details);
  return details;
}

}  // namespace client
}  // namespace scoreserve
