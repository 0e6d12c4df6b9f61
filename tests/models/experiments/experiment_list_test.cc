// What holds for every experiment that there is.

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/experiments/experiment.h"
#include "tests/support/one_thread.h"

namespace scoreserve {
namespace {

using ::testing::HasSubstr;

class EveryExperimentTest : public ::testing::TestWithParam<Experiment> {};

// The whole way in small: the figures mean nothing.
TEST_P(EveryExperimentTest, GoesThrough) {
  const absl::StatusOr<ExperimentReport> report = GetParam().run(
      {.data = SCORESERVE_SOURCE "/tests/data", .seed = 1, .brief = true});
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_THAT(report->text, HasSubstr("|---|"));
  EXPECT_FALSE(report->pictures.empty());
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(EveryExperimentTest);
INSTANTIATE_TEST_SUITE_P(All, EveryExperimentTest,
                         ::testing::ValuesIn(Experiments()),
                         [](const auto& experiment) {
                           return experiment.param.name;
                         });

TEST(ExperimentListTest, TablesHaveAHeadAndAsManyColumnsInEachRow) {
  EXPECT_EQ(MarkdownTable({{"a", "b"}, {"1", "2"}}),
            "| a | b |\n|---|---|\n| 1 | 2 |\n");
}

}  // namespace
}  // namespace scoreserve
