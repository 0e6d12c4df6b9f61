#include "server/service/status_codec.h"

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "google/rpc/error_details.pb.h"
#include "models/status.h"

namespace scoreserve {
namespace {

constexpr char kDomain[] = "scoreserve";

}  // namespace

google::rpc::Status ToRpcStatus(const absl::Status& status) {
  google::rpc::Status wire;
  wire.set_code(static_cast<int>(status.code()));
  if (status.ok()) return wire;
  wire.set_message(std::string(status.message()));

  google::rpc::ErrorInfo info;
  info.set_domain(kDomain);
  info.set_reason(std::string(
      ReasonName(ReasonOf(status).value_or(Reason::kInternalFault))));
  if (const std::optional<int64_t> step = StepOf(status)) {
    (*info.mutable_metadata())["step"] = absl::StrCat(*step);
  }
  wire.add_details()->PackFrom(info);
  if (const std::optional<std::string> field = FieldOf(status)) {
    google::rpc::BadRequest bad;
    auto* violation = bad.add_field_violations();
    violation->set_field(*field);
    violation->set_description(wire.message());
    wire.add_details()->PackFrom(bad);
  }
  const std::optional<absl::Duration> wait = RetryAfterOf(status);
  if (wait.has_value() && *wait != absl::InfiniteDuration()) {
    google::rpc::RetryInfo retry;
    const int64_t millis = absl::ToInt64Milliseconds(*wait);
    retry.mutable_retry_delay()->set_seconds(millis / 1000);
    retry.mutable_retry_delay()->set_nanos(static_cast<int>(millis % 1000) *
                                           1'000'000);
    wire.add_details()->PackFrom(retry);
  }
  return wire;
}

grpc::Status ToGrpcStatus(const absl::Status& status,
                          grpc::CallbackServerContext* context) {
  if (status.ok()) return grpc::Status::OK;
  if (const std::optional<absl::Duration> wait = RetryAfterOf(status)) {
    context->AddTrailingMetadata(
        "grpc-retry-pushback-ms",
        *wait == absl::InfiniteDuration()
            ? std::string("-1")  // Do not retry.
            : absl::StrCat(absl::ToInt64Milliseconds(*wait)));
  }
  return grpc::Status(static_cast<grpc::StatusCode>(status.code()),
                      std::string(status.message()),
                      ToRpcStatus(status).SerializeAsString());
}

}  // namespace scoreserve
