#include "client/cmd/known.h"

#include <cstdint>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "models/io/rows.h"
#include "scoreserve/sampling.h"

namespace scoreserve::ctl {
namespace {

TEST(KnownTest, ColumnsAreRangesAndSingleOnes) {
  EXPECT_EQ(*ParseColumns("0:2,4", 6),
            std::vector<bool>({true, true, false, false, true, false}));
  EXPECT_EQ(*ParseColumns("5", 6),
            std::vector<bool>({false, false, false, false, false, true}));
  for (const std::string bad :
       {"", "6", "0:7", "2:2", "3:1", "-1", "a", "1:", ":2", "1,,2"}) {
    EXPECT_FALSE(ParseColumns(bad, 6).ok()) << bad;
  }
}

TEST(KnownTest, AConditionIsOneClassOrRepeatsItsList) {
  EXPECT_EQ(*ClassesOf({"class=7"}, 4), std::vector<int64_t>({7}));
  EXPECT_EQ(*ClassesOf({"class=0,1,2"}, 5),
            std::vector<int64_t>({0, 1, 2, 0, 1}));
  EXPECT_EQ(*ClassesOf({"class=-1"}, 2), std::vector<int64_t>({-1}));
  EXPECT_TRUE(ClassesOf({}, 4)->empty());
  for (const std::string bad :
       {"7", "class", "class=", "class=x", "class=1,", "digit=1", "class=-2"}) {
    EXPECT_FALSE(ClassesOf({bad}, 4).ok()) << bad;
  }
}

TEST(KnownTest, FillsTheQueryWithWhatWasGivenAndNothingElse) {
  const KnownRows nothing = *KnownRows::Read({}, 3, 2);
  SampleQuery query;
  nothing.Fill(query);
  EXPECT_TRUE(query.condition.classes.empty());
  EXPECT_FALSE(query.mask.has_value());
  EXPECT_FALSE(query.domain.has_value());

  const std::string file = testing::TempDir() + "known.csv";
  ASSERT_TRUE(WriteRows(file, {.dim = 2, .values = {5.0f, 6.0f}}).ok());
  KnownOptions options;
  options.condition.condition = "class=3";
  options.condition.guidance = 2.0;
  options.inpaint = file;
  options.known = "1";
  options.deviation = 0.5;
  options.lower = 0.0;
  options.reflect = true;
  const KnownRows known = *KnownRows::Read(options, 3, 2);
  known.Fill(query);
  EXPECT_EQ(query.condition.classes[0], 3);
  EXPECT_EQ(query.condition.guidance[0], 2.0);
  EXPECT_EQ(query.mask->rows, 1);
  EXPECT_EQ(query.mask->value[1], 6.0f);
  EXPECT_GT(query.mask->deviation[0], 1e30f);
  EXPECT_EQ(query.mask->deviation[1], 0.5f);
  EXPECT_EQ(query.domain->lower, 0.0);
  EXPECT_TRUE(query.domain->reflect);
}

TEST(KnownTest, AFileOfTheWrongSizeIsAUsageError) {
  const std::string file = testing::TempDir() + "wide.csv";
  ASSERT_TRUE(WriteRows(file, {.dim = 3, .values = {1, 2, 3, 4, 5, 6}}).ok());
  for (const int64_t dim : {int64_t{2}, int64_t{3}}) {
    const absl::Status status =
        KnownRows::Read({.inpaint = file, .known = "0"}, 4, dim).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_NE(status.message().find("--inpaint"), absl::string_view::npos);
  }
  EXPECT_FALSE(KnownRows::Read({.reflect = true}, 4, 2).ok());
}

}  // namespace
}  // namespace scoreserve::ctl
