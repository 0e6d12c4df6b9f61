// What rows carry beside their positions: companions, conditions, what is known
// of them. Tables are written by hand, so every number can be checked.

#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/server/engine/loop_harness.h"
#include "tests/support/class_network.h"

namespace scoreserve {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::FloatEq;

std::unique_ptr<TestSampleSink> Ask(LoopHarness& harness, SampleRequest request,
                                    std::vector<Phase> phases,
                                    double companion_scale = 0.0) {
  auto sink = std::make_unique<TestSampleSink>();
  SamplerPlan plan = {.table = StepTable(std::move(phases)),
                      .companion_scale = companion_scale};
  request.plan = std::make_shared<const SamplerPlan>(std::move(plan));
  request.sink = sink.get();
  EXPECT_TRUE(harness.loop().inbox().Offer(std::move(request)).ok());
  return sink;
}

SampleRequest RequestOf(const std::shared_ptr<const ModelSnapshot>& model,
                        std::vector<float> start, uint64_t seed = 1) {
  SampleRequest request;
  request.model = model;
  request.rows = static_cast<int64_t>(start.size()) / model->dim();
  request.seed = seed;
  request.start = std::move(start);
  return request;
}

// A leapfrog-like step with noise on the companion.
std::vector<Phase> Underdamped(int64_t steps) {
  return {{.cycle = {{.xy = 0.25,
                      .xs = 0.03,
                      .xz = 0.1,
                      .yy = 0.8,
                      .ys = 0.2,
                      .yz = 0.6}},
           .repeats = steps}};
}

TEST(PlanesTest, ACompanionStartsAtRestOrAtItsScale) {
  const auto model = Snapshot(GaussianFiles(2, 1.0f));
  LoopHarness harness;
  // One step that shows the companion: x ← y.
  const std::vector<Phase> show = {{.cycle = {{.xx = 0.0, .xy = 1.0}}}};
  const auto rest = Ask(harness, RequestOf(model, {3.0f, 4.0f}), show);
  const auto moving =
      Ask(harness, RequestOf(model, std::vector<float>(2000, 5.0f)), show, 2.0);
  harness.RunDry();
  EXPECT_THAT(rest->samples(), ElementsAre(0.0f, 0.0f));
  double squares = 0.0;
  for (const float y : moving->samples()) squares += y * y;
  EXPECT_NEAR(squares / 2000.0, 4.0, 5.0 * 4.0 * std::sqrt(2.0 / 2000.0));
}

TEST(PlanesTest, CompanionsStayWithTheirRowsWhenGapsClose) {
  const auto model = Snapshot(GaussianFiles(2, 1.0f));
  const std::vector<float> start = {0.5f, -1.0f, 2.0f, 0.25f};
  std::vector<float> alone;
  {
    LoopHarness harness;
    const auto run =
        Ask(harness, RequestOf(model, start, 7), Underdamped(20), 1.0);
    harness.RunDry();
    alone = run->samples();
  }
  LoopHarness harness;
  // Before and behind it, ending at other steps, with and without companions.
  const auto first = Ask(harness, RequestOf(model, {1, 1, 1, 1, 1, 1}, 2),
                         Underdamped(3), 1.0);
  const auto plain = harness.Sample(model, 5, 9);
  const auto run =
      Ask(harness, RequestOf(model, start, 7), Underdamped(20), 1.0);
  const auto last =
      Ask(harness, RequestOf(model, {9, 9}, 4), Underdamped(11), 1.0);
  harness.RunDry();
  EXPECT_EQ(run->samples(), alone);
}

TEST(PlanesTest, ACorrectorsStepSizeComesFromItsOwnRowAlone) {
  const auto model = Snapshot(GaussianFiles(3, 1.0f));
  const std::vector<Phase> corrector = {
      {.cycle = {{.kind = StepKind::kCorrector, .parameter = 0.05}},
       .repeats = 10}};
  const std::vector<float> row = {0.5f, -1.0f, 2.0f};
  const auto of = [&](std::vector<float> start) {
    LoopHarness harness;
    const auto run =
        Ask(harness, RequestOf(model, std::move(start)), corrector);
    harness.RunDry();
    return std::vector<float>(run->samples().begin(),
                              run->samples().begin() + 3);
  };
  const std::vector<float> alone = of(row);
  std::vector<float> crowd = row;
  crowd.insert(crowd.end(), {100.0f, 100.0f, 100.0f, 0.0f, 0.0f, 0.0f});
  EXPECT_EQ(of(crowd), alone);
  EXPECT_NE(alone, row);
}

TEST(PlanesTest, ARowWhoseScoreIsZeroIsLeftByTheCorrector) {
  const auto model = Snapshot(GaussianFiles(2, 1.0f));
  LoopHarness harness;
  const auto run =
      Ask(harness, RequestOf(model, {0.0f, 0.0f}),
          {{.cycle = {{.kind = StepKind::kCorrector, .parameter = 0.05}}}});
  harness.RunDry();
  EXPECT_THAT(run->samples(), Each(0.0f));
}

// x ← x + s with score mean − x puts a row at its mean.
std::vector<Phase> ToTheMean() { return {{.cycle = {{.xs = 1.0}}}}; }

TEST(PlanesTest, RowsWithDifferentClassesAndWeightsOrNoneShareAPass) {
  const auto model = ClassSnapshot(1, 3);
  LoopHarness harness;
  SampleRequest mixed = RequestOf(model, {0, 0, 0, 0});
  mixed.condition = {0, 2, 2, kNoCondition};
  mixed.guidance = {1.0f, 2.0f, 0.0f, 2.0f};
  const auto run = Ask(harness, std::move(mixed), ToTheMean());
  SampleRequest one = RequestOf(model, {0, 0});
  one.condition = {1};
  const auto other = Ask(harness, std::move(one), ToTheMean());
  const auto none = Ask(harness, RequestOf(model, {5}), ToTheMean());
  harness.RunDry();
  // Class c has mean c + 1; weight 2 goes twice as far from 0.
  EXPECT_THAT(run->samples(), ElementsAre(1.0f, 6.0f, 0.0f, 0.0f));
  EXPECT_THAT(other->samples(), ElementsAre(2.0f, 2.0f));
  EXPECT_THAT(none->samples(), ElementsAre(0.0f));
  EXPECT_EQ(harness.passes(), 1);
  const auto& network = static_cast<const ClassNetwork&>(*model->network);
  EXPECT_EQ(network.passes, 1);
  EXPECT_EQ(network.rows, 7 + 1);  // Both halves of the one row that is mixed.
}

TEST(PlanesTest, GuidedRowsTakeTheRoomOfTwo) {
  // Room for 12 evaluations of samplers beside a reserve of 4.
  const auto model = ClassSnapshot(1, 3, 16);
  LoopHarness harness;
  SampleRequest request = RequestOf(model, std::vector<float>(20, 0.0f));
  request.condition = {1};
  request.guidance = {3.0f};
  const auto run = Ask(harness, std::move(request), ToTheMean());
  harness.RunDry();
  EXPECT_THAT(run->samples(), Each(6.0f));
  const auto& network = static_cast<const ClassNetwork&>(*model->network);
  EXPECT_EQ(harness.passes(), 4);  // 6, 6, 6 and 2 rows.
  EXPECT_EQ(network.rows, 4);
}

// A query whose rows have classes and weights.
absl::Status AskGuided(LoopHarness& harness,
                       const std::shared_ptr<const ModelSnapshot>& model,
                       absl::Span<const float> x,
                       absl::Span<const int64_t> classes,
                       absl::Span<const double> weights, TestScoreSink* sink) {
  return harness.loop().inbox().Offer(ScoreQuery{.model = model,
                                                 .x = x,
                                                 .labels = {},
                                                 .condition = classes,
                                                 .guidance = weights,
                                                 .sink = sink,
                                                 .ticket = {}});
}

// Samplers fill the smallest lane there is, and plain queries come all the
// time.
TEST(PlanesTest, AGuidedQueryFindsRoomInTheSmallestLane) {
  const auto model = ClassSnapshot(1, 3, kMinBatchRows);
  LoopHarness harness;
  const auto load = Ask(harness, RequestOf(model, std::vector<float>(8, 0.0f)),
                        {{.cycle = {{.xx = 0.5}}, .repeats = 1'000'000}});
  const std::vector<float> x(10, 1.0f);
  const std::vector<int64_t> classes = {2};
  const std::vector<double> weights = {2.0};
  TestScoreSink sink;
  ASSERT_TRUE(AskGuided(harness, model, x, classes, weights, &sink).ok());
  std::vector<std::unique_ptr<TestScoreSink>> plain;
  while (!sink.done()) {
    ASSERT_LE(harness.passes(), 10);
    for (int i = 0; i < 3; ++i) plain.push_back(harness.Query(model, 1));
    harness.Round();
  }
  EXPECT_THAT(sink.scores(), Each(5.0f));
  load->Cancel();
  harness.RunDry();
}

TEST(PlanesTest, AQuerysConditionsAndWeightsAreItsOwn) {
  const auto model = ClassSnapshot(1, 3);
  LoopHarness harness;
  const std::vector<float> x = {1.0f, 1.0f, 1.0f};
  const std::vector<int64_t> classes = {0, 2, kNoCondition};
  const std::vector<double> weights = {1.0, 2.0, 2.0};
  TestScoreSink sink;
  ASSERT_TRUE(AskGuided(harness, model, x, classes, weights, &sink).ok());
  const auto plain = harness.Query(model, 1, 1.0f);
  harness.RunDry();
  EXPECT_THAT(sink.scores(), ElementsAre(0.0f, 5.0f, -1.0f));
  EXPECT_THAT(plain->scores(), ElementsAre(-1.0f));
  EXPECT_EQ(harness.passes(), 1);
}

TEST(PlanesTest, AMaskIsImposedAfterStepsThatCompleteAndOnlyThere) {
  const auto model = Snapshot(GaussianFiles(2, 1.0f));
  const auto constraint = std::make_shared<Constraint>();
  constraint->mask =
      Mask{.value = {10.0f, 20.0f},
           .deviation = {0.0f, std::numeric_limits<float>::infinity()}};
  // Doubles x each time; the first of two stages completes nothing. The level
  // is clean data, half as large.
  const Step stage = {.xx = 2.0, .completes = false};
  const Step end = {.xx = 2.0, .end_alpha = 0.5};
  for (const bool completes : {false, true}) {
    LoopHarness harness;
    SampleRequest request = RequestOf(model, {1.0f, 1.0f});
    request.constraint = constraint;
    const auto run = Ask(harness, std::move(request),
                         {{.cycle = {completes ? end : stage}}});
    harness.RunDry();
    // The start is constrained too, at α = 1.
    EXPECT_THAT(run->samples(), ElementsAre(completes ? 5.0f : 20.0f, 2.0f));
  }
}

}  // namespace
}  // namespace scoreserve
