#include "models/options.h"

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "gtest/gtest.h"

namespace scoreserve {
namespace {

struct Brew {
  double strength = 1.0;
  int64_t cups = 2;
  bool milk = false;
  std::string leaf = "assam";
};

OptionTable<Brew> Table() {
  return OptionTable<Brew>({{"strength", &Brew::strength, Between(0, 3), "…"},
                            {"cups", &Brew::cups, Positive(), "…"},
                            {"milk", &Brew::milk, {}, "…"},
                            {"leaf", &Brew::leaf, {}, "…"}});
}

// The message of the refusal, or "" where `values` were taken.
std::string Refused(const OptionValues& values) {
  return std::string(Table().Parse(values).status().message());
}

TEST(OptionTableTest, WhatIsAbsentKeepsItsDefault) {
  const auto brew = Table().Parse({{"cups", int64_t{5}}});
  ASSERT_TRUE(brew.ok()) << brew.status();
  EXPECT_EQ(brew->cups, 5);
  EXPECT_EQ(brew->strength, 1.0);
  EXPECT_EQ(brew->leaf, "assam");
}

TEST(OptionTableTest, AnIntegerIsTakenForADoubleButNotTheReverse) {
  EXPECT_EQ(Refused({{"strength", int64_t{2}}}), "");
  EXPECT_EQ(Refused({{"cups", 2.0}}), "cups must be an integer; was 2");
}

TEST(OptionTableTest, RefusalsNameOptionRuleAndValue) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(Refused({{"strength", nan}}),
            "strength must be between 0 and 3; was nan");
  EXPECT_EQ(Refused({{"cups", int64_t{0}}}), "cups must be more than 0; was 0");
  EXPECT_EQ(Refused({{"milk", std::string("yes")}}),
            "milk must be true or false; was 'yes'");
  EXPECT_EQ(
      Refused({{"sugar", true}}),
      "there is no option 'sugar'; there are: strength, cups, milk, leaf");
}

TEST(OptionTableTest, ARequiredOptionMustBeGiven) {
  const OptionTable<Brew> table({{"cups", &Brew::cups, Positive(), "…", true}});
  EXPECT_EQ(table.Parse({}).status().message(),
            "cups must be given, more than 0; was absent");
  EXPECT_TRUE(table.Parse({{"cups", int64_t{1}}}).ok());
}

TEST(OptionTableTest, WholeBoundsAreWrittenInFullHoweverLarge) {
  const OptionTable<Brew> table(
      {{"cups", &Brew::cups, Between(1, 1e9), "…"},
       {"strength", &Brew::strength, {.min = 0.25, .max = 1'500'000}, "…"}});
  EXPECT_EQ(table.Parse({{"cups", int64_t{0}}}).status().message(),
            "cups must be between 1 and 1000000000; was 0");
  EXPECT_EQ(table.Describe()[1].rule, "between 0.25 and 1500000");
  const auto rule = [](const Range& range) {
    return OptionTable<Brew>({{"strength", &Brew::strength, range, "…"}})
        .Describe()[0]
        .rule;
  };
  EXPECT_EQ(rule({.max = 1e6}), "at most 1000000");
  EXPECT_EQ(rule({.min = -2e6}), "at least -2000000");
  EXPECT_EQ(rule({.min = 1e-9, .min_included = false}), "more than 1e-09");
  EXPECT_EQ(rule({.max = 1e100}), "at most 1e+100");
}

TEST(OptionTableTest, DescribesItselfInWords) {
  const std::vector<OptionDescription> described = Table().Describe();
  ASSERT_EQ(described.size(), 4u);
  EXPECT_EQ(described[0].type, "number");
  EXPECT_EQ(described[0].rule, "between 0 and 3");
  EXPECT_EQ(described[1].default_value, OptionValue(int64_t{2}));
  EXPECT_EQ(described[2].type, "flag");
  EXPECT_EQ(described[2].rule, "");
}

}  // namespace
}  // namespace scoreserve
