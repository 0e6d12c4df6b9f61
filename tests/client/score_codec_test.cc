#include "client/src/score_codec.h"

#include <cstdint>
#include <limits>
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
  EXPECT_FALSE(request.energy());
}

TEST(ScoreCodecTest, AsksForEnergies) {
  const std::vector<float> x(6);
  v1::ScoreRequest request;
  ASSERT_TRUE(EncodeScore({.model = {"m"}, .x = x, .rows = 2, .energy = true},
                          kMaxBytes, &request)
                  .ok());
  EXPECT_TRUE(request.energy());
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

TEST(ScoreCodecTest, RefusesEnergiesThatNoReplyCanHold) {
  const std::vector<float> x(100);
  EXPECT_EQ(Refused({.model = {"m"}, .x = x, .rows = 100}, 1000), "");
  EXPECT_EQ(
      Refused({.model = {"m"}, .x = x, .rows = 100, .energy = true}, 1000),
      "x must be small enough for a message of 1000 bytes; was 100 rows of 1 "
      "numbers, 1457 bytes with the rest");
  using Limits = std::numeric_limits<int64_t>;
  for (const int64_t rows : {Limits::min(), Limits::max()}) {
    EXPECT_NE(Refused({.model = {"m"}, .x = x, .rows = rows, .energy = true}),
              "");
  }
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

TEST(ScoreCodecTest, ARepliesEnergiesAreOneForEachRowOfItsScore) {
  v1::ScoreResponse response;
  v1::Tensor& score = *response.mutable_score();
  score.set_dtype(v1::DTYPE_FLOAT32);
  score.add_shape(2);
  score.add_shape(1);
  score.set_data(std::string(8, '\0'));
  EXPECT_THAT(DecodeScore(response)->energy, ElementsAre());
  const std::vector<double> energies = {0.5, -3e300};
  v1::Tensor good;
  good.set_dtype(v1::DTYPE_FLOAT64);
  good.add_shape(2);
  good.set_data(energies.data(), 16);
  *response.mutable_energy() = good;
  EXPECT_THAT(DecodeScore(response)->energy, ElementsAre(0.5, -3e300));
  const auto refused = [&](auto spoil) {
    *response.mutable_energy() = good;
    spoil(*response.mutable_energy());
    return absl::IsInternal(DecodeScore(response).status());
  };
  EXPECT_TRUE(refused([](auto& t) { t.set_dtype(v1::DTYPE_FLOAT32); }));
  EXPECT_TRUE(refused([](auto& t) { t.set_shape(0, 1); }));
  EXPECT_TRUE(refused([](auto& t) { t.add_shape(1); }));
  EXPECT_TRUE(refused([](auto& t) { t.set_data(std::string(8, '\0')); }));
  EXPECT_TRUE(refused([](auto& t) { t.set_data(std::string(17, '\0')); }));
  EXPECT_TRUE(refused([](auto& t) { t.Clear(); }));
}

}  // namespace
}  // namespace scoreserve
