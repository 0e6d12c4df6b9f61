#include "client/src/score_codec.h"

#include <cstdint>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scoreserve/errors.h"

namespace scoreserve {
namespace {

using ::testing::ElementsAre;

constexpr int64_t kMaxBytes = 1 << 20;

// The message of the refusal, or "" where `query` was taken.
std::string Refused(const ScoreQuery& query, int64_t max_bytes = kMaxBytes) {
  v1::ScoreRequest request;
  const absl::Status status = EncodeScore(query, max_bytes, &request);
  if (!status.ok()) {
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(DetailsOf(status).reason, "INVALID_FIELD");
  }
  return std::string(status.message());
}

TEST(ScoreCodecTest, WritesRowsAndLabelsAsTheProtocolHasThem) {
  const std::vector<float> x = {1, 2, 3, 4, 5, 6};
  const std::vector<double> levels = {0.5, 0.25};
  v1::ScoreRequest request;
  ASSERT_TRUE(EncodeScore({.model = {.name = "m", .version = 3},
                           .x = x,
                           .rows = 2,
                           .noise_level = levels},
                          kMaxBytes, &request)
                  .ok());
  EXPECT_EQ(request.model().version(), 3);
  EXPECT_THAT(request.x().shape(), ElementsAre(2, 3));
  EXPECT_EQ(request.x().dtype(), v1::DTYPE_FLOAT32);
  EXPECT_EQ(request.x().data(),
            std::string(reinterpret_cast<const char*>(x.data()), 24));
  EXPECT_THAT(request.noise_level().values(), ElementsAre(0.5, 0.25));
  EXPECT_FALSE(request.has_time());
}

TEST(ScoreCodecTest, RefusesSizesThatContradictEachOther) {
  const std::vector<float> x(6);
  const std::vector<double> two(2);
  EXPECT_EQ(Refused({.model = {"m"}, .x = x, .rows = 4}),
            "x must be the same length for each of 4 rows; was 6 numbers");
  EXPECT_EQ(Refused({.model = {"m"}, .x = {}, .rows = 1}),
            "x must be the same length for each of 1 rows; was 0 numbers");
  EXPECT_EQ(Refused({.model = {"m"}, .x = x, .rows = 0}),
            "rows must be at least 1; was 0");
  EXPECT_EQ(Refused({.model = {"m"}, .x = x, .rows = 3, .noise_level = two}),
            "noise_level must be one value, or one for each of 3 rows; was 2 "
            "values");
  EXPECT_EQ(
      Refused(
          {.model = {"m"}, .x = x, .rows = 2, .noise_level = two, .time = two}),
      "label must be a noise level or a time, not both; was 2 noise "
      "levels and 2 times");
}

TEST(ScoreCodecTest, RefusesWhatNoMessageCanHoldAndNamesTheSizes) {
  const std::vector<float> x(1000);
  EXPECT_EQ(Refused({.model = {"m"}, .x = x, .rows = 10}, 4000),
            "x must be small enough for a message of 4000 bytes; was 10 rows "
            "of 100 numbers, 4257 bytes with the rest");
}

TEST(ScoreCodecTest, WhatPassesTheSizeCheckFitsTheMessage) {
  for (int64_t size = 1000; size < 1100; ++size) {
    const std::vector<float> x(size);
    const ScoreQuery query = {
        .model = {.name = std::string(63, 'm'), .alias = std::string(63, 'a')},
        .x = x,
        .rows = size};
    v1::ScoreStreamRequest request;
    request.set_id(~uint64_t{0});
    if (EncodeScore(query, 4700, request.mutable_request()).ok()) {
      EXPECT_LE(request.ByteSizeLong(), 4700u);
    }
  }
}

TEST(ScoreCodecTest, ARepliesShapeMustMatchItsBytes) {
  v1::ScoreResponse response;
  v1::Tensor& tensor = *response.mutable_score();
  tensor.set_dtype(v1::DTYPE_FLOAT32);
  tensor.add_shape(1);
  tensor.add_shape(2);
  tensor.set_data(std::string(8, '\0'));
  EXPECT_THAT(DecodeScore(response)->score, ElementsAre(0.0f, 0.0f));
  tensor.set_shape(0, 2);
  EXPECT_EQ(DecodeScore(response).status().code(), absl::StatusCode::kInternal);
  tensor.set_shape(0, int64_t{1} << 62);
  EXPECT_EQ(DecodeScore(response).status().code(), absl::StatusCode::kInternal);
}

}  // namespace
}  // namespace scoreserve
