#include "server/service/status_codec.h"

#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "google/rpc/error_details.pb.h"
#include "gtest/gtest.h"
#include "models/status.h"
#include "scoreserve/v1/errors.pb.h"

namespace scoreserve {
namespace {

// The first detail of that type; default-made where there is none.
template <typename Detail>
Detail DetailOf(const absl::Status& status) {
  Detail detail;
  const google::rpc::Status wire = ToRpcStatus(status);
  for (const auto& any : wire.details()) {
    if (any.UnpackTo(&detail)) return detail;
  }
  return Detail();
}

TEST(StatusCodecTest, EveryReasonHasItsValueInTheProtocol) {
  for (int i = 0; i <= static_cast<int>(Reason::kOutOfMemory); ++i) {
    const absl::string_view name = ReasonName(static_cast<Reason>(i));
    v1::ErrorReason reason;
    EXPECT_TRUE(
        v1::ErrorReason_Parse(absl::StrCat("ERROR_REASON_", name), &reason))
        << name;
  }
  EXPECT_EQ(v1::ErrorReason_ARRAYSIZE,
            static_cast<int>(Reason::kOutOfMemory) + 2);
}

TEST(StatusCodecTest, ABadFieldIsNamedWithItsRuleAndValue) {
  const absl::Status status = InvalidField("x.dtype", "DTYPE_FLOAT32", "77");
  EXPECT_EQ(DetailOf<google::rpc::ErrorInfo>(status).reason(), "INVALID_FIELD");
  const auto bad = DetailOf<google::rpc::BadRequest>(status);
  ASSERT_EQ(bad.field_violations_size(), 1);
  EXPECT_EQ(bad.field_violations(0).field(), "x.dtype");
  EXPECT_EQ(bad.field_violations(0).description(),
            "x.dtype must be DTYPE_FLOAT32; was 77");
}

TEST(StatusCodecTest, ADivergenceSaysAtWhichStep) {
  const auto info = DetailOf<google::rpc::ErrorInfo>(Diverged(17, 3));
  EXPECT_EQ(info.reason(), "NUMERIC_DIVERGENCE");
  EXPECT_EQ(info.metadata().at("step"), "17");
}

TEST(StatusCodecTest, ARefusalThatMayPassSaysWhenToComeBack) {
  const absl::Status status = Overloaded("full", absl::Milliseconds(1250));
  const auto retry = DetailOf<google::rpc::RetryInfo>(status);
  EXPECT_EQ(retry.retry_delay().seconds(), 1);
  EXPECT_EQ(retry.retry_delay().nanos(), 250'000'000);
}

}  // namespace
}  // namespace scoreserve
