#include "models/option_text.h"

#include <cstdint>
#include <string>

#include "gtest/gtest.h"
#include "models/status.h"

namespace scoreserve {
namespace {

TEST(OptionTextTest, ValueIsTheNarrowestTypeThatItCanBe) {
  EXPECT_EQ(ParseOptionValue("true"), OptionValue(true));
  EXPECT_EQ(ParseOptionValue("-3"), OptionValue(int64_t{-3}));
  EXPECT_EQ(ParseOptionValue("2.5e-4"), OptionValue(2.5e-4));
  EXPECT_EQ(ParseOptionValue("geometric"),
            OptionValue(std::string("geometric")));
  EXPECT_EQ(ParseOptionValue(""), OptionValue(std::string()));
}

TEST(OptionTextTest, TextReadsBack) {
  for (const OptionValue& value :
       {OptionValue(false), OptionValue(int64_t{7}), OptionValue(0.25)}) {
    EXPECT_EQ(ParseOptionValue(OptionValueText(value)), value);
  }
}

TEST(OptionTextTest, SettingsAreNamesAndValues) {
  const auto values = ParseOptionSettings("set", {"width=64", "name=a=b"});
  ASSERT_TRUE(values.ok());
  EXPECT_EQ(values->at("width"), OptionValue(int64_t{64}));
  EXPECT_EQ(values->at("name"), OptionValue(std::string("a=b")));
}

TEST(OptionTextTest, RefusesWhatIsNoSetting) {
  EXPECT_EQ(ParseOptionSettings("set", {"width"}).status().message(),
            "set must be name=value; was 'width'");
  EXPECT_FALSE(ParseOptionSettings("set", {"=1"}).ok());
  EXPECT_EQ(ParseOptionSettings("set", {"a=1", "a=2"}).status().message(),
            "set must be given once for each name; was given twice for 'a'");
}

TEST(OptionTextTest, HelpHasALineForEachOption) {
  const OptionDescription width = {.name = "width",
                                   .help = "Units.",
                                   .type = "integer",
                                   .rule = "at least 1",
                                   .default_value = int64_t{8}};
  const OptionDescription level = {.name = "noise_level",
                                   .help = "Noise.",
                                   .type = "number",
                                   .rule = "",
                                   .default_value = 0.0,
                                   .required = true};
  EXPECT_EQ(OptionsHelp({width, level}, "  "),
            "  width        8         Units. (integer, at least 1)\n"
            "  noise_level  required  Noise. (number)\n");
}

}  // namespace
}  // namespace scoreserve
