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

TEST(SampleAssemblerTest, DiagnosticsComeWithProgressAndWithTheSamples) {
  std::vector<SampleStep> steps;
  SampleAssembler assembler(
      {.on_step = [&](const SampleStep& step) { steps.push_back(step); }}, 1);
  v1::SampleResponse started = Started(2, 9);
  started.mutable_started()->set_num_steps(100);
  ASSERT_TRUE(assembler.Take(started).ok());
  v1::SampleResponse progress = Progress(5);
  v1::Diagnostics* wire = progress.mutable_progress()->mutable_diagnostics();
  wire->set_chains(1);
  wire->set_steps(4);
  wire->set_acceptance_rate(0.5);
  wire->set_mean_score_norm(1.5);
  v1::Mixing* mixing = wire->add_mixing();
  mixing->set_quantity("score_norm");
  mixing->set_mean(1.5);
  mixing->set_split_r_hat(1.25);
  mixing->set_effective_sample_size(7.0);
  v1::SampleResponse final_frame = Final(0, {1}, 1, true);
  final_frame.mutable_final()->set_steps(60);
  *final_frame.mutable_final()->mutable_diagnostics() = *wire;
  final_frame.mutable_final()->mutable_diagnostics()->clear_acceptance_rate();
  ASSERT_TRUE(assembler.Take(progress).ok());
  ASSERT_TRUE(assembler.Take(Progress(6)).ok());
  ASSERT_TRUE(assembler.Take(final_frame).ok());
  ASSERT_EQ(steps.size(), 2u);
  ASSERT_TRUE(steps[0].diagnostics.has_value());
  EXPECT_EQ(steps[0].diagnostics->chains, 1);
  EXPECT_EQ(steps[0].diagnostics->steps, 4);
  EXPECT_EQ(steps[0].diagnostics->acceptance_rate, 0.5);
  EXPECT_EQ(steps[0].diagnostics->mean_score_norm, 1.5);
  ASSERT_EQ(steps[0].diagnostics->mixing.size(), 1u);
  EXPECT_EQ(steps[0].diagnostics->mixing[0].quantity, "score_norm");
  EXPECT_EQ(steps[0].diagnostics->mixing[0].mean, 1.5);
  EXPECT_EQ(steps[0].diagnostics->mixing[0].split_r_hat, 1.25);
  EXPECT_EQ(steps[0].diagnostics->mixing[0].effective_sample_size, 7.0);
  EXPECT_FALSE(steps[1].diagnostics.has_value());
  const absl::StatusOr<Samples> samples = assembler.End(absl::OkStatus());
  ASSERT_TRUE(samples.ok());
  EXPECT_EQ(samples->steps, 60);
  ASSERT_TRUE(samples->diagnostics.has_value());
  EXPECT_FALSE(samples->diagnostics->acceptance_rate.has_value());
}

TEST(SampleAssemblerTest, AServerThatSaysNoStepsHasMadeAll) {
  SampleAssembler assembler({}, 1);
  v1::SampleResponse started = Started(2, 9);
  started.mutable_started()->set_num_steps(100);
  ASSERT_TRUE(assembler.Take(started).ok());
  ASSERT_TRUE(assembler.Take(Final(0, {1}, 1, true)).ok());
  EXPECT_EQ(assembler.End(absl::OkStatus())->steps, 100);
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
