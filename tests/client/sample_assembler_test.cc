#include "client/src/sample_assembler.h"

#include <cstdint>
#include <vector>

#include "client/src/tensor_codec.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace scoreserve {
namespace {

using ::testing::ElementsAre;

v1::SampleResponse Started(int64_t version, uint64_t seed) {
  v1::SampleResponse frame;
  frame.mutable_started()->set_version(version);
  frame.mutable_started()->set_seed(seed);
  return frame;
}

v1::SampleResponse Progress(int64_t step) {
  v1::SampleResponse frame;
  frame.mutable_progress()->set_step(step);
  return frame;
}

v1::SampleResponse Final(int64_t first_row, const std::vector<float>& x,
                         int64_t rows, bool last) {
  v1::SampleResponse frame;
  frame.mutable_final()->set_first_row(first_row);
  EncodeRows(x, rows, frame.mutable_final()->mutable_x());
  frame.mutable_final()->set_last(last);
  return frame;
}

TEST(SampleAssemblerTest, PutsChunksTogetherAndTellsTheObserver) {
  std::vector<int64_t> steps;
  uint64_t seed = 0;
  SampleAssembler assembler(
      {.on_start = [&](const SampleStart& start) { seed = start.seed; },
       .on_step = [&](const SampleStep& step) { steps.push_back(step.step); }},
      3);
  ASSERT_TRUE(assembler.Take(Started(2, 9)).ok());
  ASSERT_TRUE(assembler.Take(Progress(1)).ok());
  ASSERT_TRUE(assembler.Take(Progress(5)).ok());
  ASSERT_TRUE(assembler.Take(Final(0, {1, 2, 3, 4}, 2, false)).ok());
  ASSERT_TRUE(assembler.Take(Final(2, {5, 6}, 1, true)).ok());
  const absl::StatusOr<Samples> samples = assembler.End(absl::OkStatus());
  ASSERT_TRUE(samples.ok());
  EXPECT_THAT(samples->x, ElementsAre(1, 2, 3, 4, 5, 6));
  EXPECT_EQ(samples->rows, 3);
  EXPECT_EQ(samples->dim, 2);
  EXPECT_EQ(samples->start.version, 2);
  EXPECT_EQ(seed, 9u);
  EXPECT_THAT(steps, ElementsAre(1, 5));
}

TEST(SampleAssemblerTest, PartsThatAreMissingOrOutOfPlaceAreInternal) {
  SampleAssembler unfinished({}, 2);
  ASSERT_TRUE(unfinished.Take(Final(0, {1}, 1, false)).ok());
  EXPECT_EQ(unfinished.End(absl::OkStatus()).status().code(),
            absl::StatusCode::kInternal);
  EXPECT_FALSE(SampleAssembler({}, 2).Take(Final(1, {1}, 1, true)).ok());
  EXPECT_FALSE(SampleAssembler({}, 2).Take(Final(0, {1, 2, 3}, 3, true)).ok());
}

TEST(SampleAssemblerTest, TheStreamsErrorIsTheAnswer) {
  SampleAssembler assembler({}, 1);
  ASSERT_TRUE(assembler.Take(Final(0, {1}, 1, true)).ok());
  EXPECT_EQ(assembler.End(absl::UnavailableError("gone")).status().message(),
            "gone");
}

}  // namespace
}  // namespace scoreserve
