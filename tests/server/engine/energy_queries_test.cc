// Queries for energies at the engine's door.

#include <chrono>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/status.h"
#include "server/engine/engine.h"
#include "tests/support/test_models.h"
#include "tests/support/test_sinks.h"

namespace scoreserve {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;

using Model = std::shared_ptr<const ModelSnapshot>;

absl::Status Ask(Engine& engine, const Model& model,
                 const std::vector<float>& x, bool energy, TestScoreSink* sink,
                 absl::Span<const double> guidance = {},
                 Instant deadline = Instant::max()) {
  return engine.Score({.model = model,
                       .x = x,
                       .labels = {},
                       .guidance = guidance,
                       .energy = energy,
                       .deadline = deadline,
                       .sink = sink,
                       .ticket = {}});
}

TEST(EnergyQueriesTest, AreRefusedWhereThereIsNone) {
  Engine engine({});
  TestScoreSink sink;
  const std::vector<float> x(8, 1.0f);
  const absl::Status none = Ask(engine, Snapshot(MlpFiles(8)), x, true, &sink);
  EXPECT_EQ(none.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(FieldOf(none), "energy");
  EXPECT_EQ(ReasonOf(none), Reason::kUnsuitableModel);
  const double weight = 2.0;
  const absl::Status guided = Ask(engine, Snapshot(GaussianFiles(8, 1.0f)), x,
                                  true, &sink, {&weight, 1});
  EXPECT_EQ(guided.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(FieldOf(guided), "condition.guidance");
  EXPECT_FALSE(sink.done());
  EXPECT_EQ(engine.ledger().outstanding(WorkClass::kQuery), 0);
}

TEST(EnergyQueriesTest, AreAdmittedByTheRateOfPassesThatHaveThem) {
  class : public Clock {
   public:
    Instant Now() const override { return Instant(std::chrono::seconds(100)); }
  } clock;
  Engine engine({}, &clock);
  const Model model = Snapshot(GaussianFiles(1, 1.0f));
  model->rates->score.Observe(64, 0.001);
  model->rates->with_energy.Observe(64, 64.0);  // 1 s a row.
  const std::vector<float> x(64, 1.0f);
  const Instant deadline = clock.Now() + std::chrono::seconds(10);
  TestScoreSink with, without;
  const absl::Status late = Ask(engine, model, x, true, &with, {}, deadline);
  EXPECT_EQ(late.code(), absl::StatusCode::kResourceExhausted);
  ASSERT_TRUE(Ask(engine, model, x, false, &without, {}, deadline).ok());
  EXPECT_THAT(without.scores(), Each(-1.0f));
}

// Also on the thread that brings a short query, which has computed nothing yet.
TEST(EnergyQueriesTest, OfAnEnergyNetworkAreAnsweredByAnyThread) {
  Engine engine({});
  const Model model = Snapshot(EnergyMlpFiles(1, /*envelope=*/1.0, true));
  model->rates->with_energy.Observe(1, 1e-5);
  const std::vector<float> x = {3.0f};
  for (int i = 0; i < 100; ++i) {
    TestScoreSink sink;
    ASSERT_TRUE(Ask(engine, model, x, true, &sink).ok());
    ASSERT_EQ(sink.status(), absl::OkStatus());
    EXPECT_THAT(sink.energies(), ElementsAre(4.5));
    EXPECT_THAT(sink.scores(), ElementsAre(-3.0f));
  }
  EXPECT_EQ(engine.ledger().outstanding(WorkClass::kQuery), 0);
}

}  // namespace
}  // namespace scoreserve
