#include "scoreserve/errors.h"

#include <optional>

#include "absl/time/time.h"
#include "client/src/status_codec.h"
#include "google/rpc/error_details.pb.h"
#include "gtest/gtest.h"

namespace scoreserve {
namespace {

TEST(ErrorsTest, CodeMessageAndDetailsComeThroughGrpc) {
  google::rpc::ErrorInfo info;
  info.set_reason("NUMERIC_DIVERGENCE");
  (*info.mutable_metadata())["step"] = "17";
  google::rpc::RetryInfo retry;
  retry.mutable_retry_delay()->set_seconds(1);
  retry.mutable_retry_delay()->set_nanos(500'000'000);
  google::rpc::Status wire;
  wire.add_details()->PackFrom(info);
  wire.add_details()->PackFrom(retry);
  const absl::Status status = FromGrpc(grpc::Status(
      grpc::StatusCode::OUT_OF_RANGE, "why", wire.SerializeAsString()));
  EXPECT_EQ(status.code(), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(status.message(), "why");
  const ErrorDetails details = DetailsOf(status);
  EXPECT_EQ(details.reason, "NUMERIC_DIVERGENCE");
  EXPECT_EQ(details.field, "");
  EXPECT_EQ(details.step, 17);
  EXPECT_EQ(details.retry_after, absl::Milliseconds(1500));
}

TEST(ErrorsTest, LocalRefusalsCarryTheSameDetails) {
  const absl::Status status = InvalidField("x.shape", "[1]", "[2]");
  EXPECT_EQ(status.message(), "x.shape must be [1]; was [2]");
  EXPECT_EQ(DetailsOf(status).reason, "INVALID_FIELD");
  EXPECT_EQ(DetailsOf(status).field, "x.shape");
}

TEST(ErrorsTest, WithoutDetailsAllFieldsAreEmpty) {
  for (const absl::Status& status :
       {absl::OkStatus(), absl::UnknownError("of no server of ours"),
        FromGrpc(grpc::Status(grpc::StatusCode::INTERNAL, "m", "no proto"))}) {
    const ErrorDetails details = DetailsOf(status);
    EXPECT_EQ(details.reason, "");
    EXPECT_EQ(details.step, std::nullopt);
    EXPECT_EQ(details.retry_after, std::nullopt);
  }
}

}  // namespace
}  // namespace scoreserve
