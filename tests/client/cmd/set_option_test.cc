#include "client/cmd/set_option.h"

#include <cstdint>
#include <string>
#include <vector>

#include "client/cmd/outcome.h"
#include "gtest/gtest.h"

namespace scoreserve::ctl {
namespace {

SamplerInfo Kettle() {
  return {.name = "kettle",
          .help = "",
          .options = {{.name = "heat", .type = "number"},
                      {.name = "cups", .type = "integer"},
                      {.name = "milk", .type = "flag"},
                      {.name = "leaf", .type = "text"}}};
}

std::string Refused(const std::vector<std::string>& settings) {
  const absl::Status status = TypedOptions(Kettle(), settings).status();
  EXPECT_EQ(ExitCodeOf(status), ExitCode::kUsage);
  return std::string(status.message());
}

TEST(SetOptionTest, TheTableGivesTheTypes) {
  const absl::StatusOr<OptionValues> values =
      TypedOptions(Kettle(), {"heat=1e-3", "cups=-7", "milk=true", "leaf=a=b"});
  ASSERT_TRUE(values.ok()) << values.status();
  EXPECT_EQ(values->at("heat"), OptionValue(1e-3));
  EXPECT_EQ(values->at("cups"), OptionValue(int64_t{-7}));
  EXPECT_EQ(values->at("milk"), OptionValue(true));
  EXPECT_EQ(values->at("leaf"), OptionValue(std::string("a=b")));
}

TEST(SetOptionTest, AnIntegerStandsForANumberAndNotTheReverse) {
  EXPECT_EQ(TypedOptions(Kettle(), {"heat=2"})->at("heat"),
            OptionValue(int64_t{2}));
  EXPECT_EQ(Refused({"cups=2.5"}), "cups must be an integer; was '2.5'");
  EXPECT_EQ(Refused({"cups=1e3"}), "cups must be an integer; was '1e3'");
}

TEST(SetOptionTest, RefusalsSayWhatWouldBeRight) {
  EXPECT_EQ(Refused({"milk=yes"}), "milk must be true or false; was 'yes'");
  EXPECT_EQ(Refused({"heat="}), "heat must be a number; was ''");
  EXPECT_EQ(Refused({"heat"}), "--set must be OPTION=VALUE; was 'heat'");
  EXPECT_EQ(Refused({"=1"}), "--set must be OPTION=VALUE; was '=1'");
  EXPECT_EQ(Refused({"cups=1", "cups=2"}), "the option 'cups' is set twice");
  EXPECT_EQ(Refused({"haet=1"}),
            "the sampler 'kettle' has no option 'haet'; did you mean 'heat'?");
}

TEST(SetOptionTest, TextIsWhatWouldBeTyped) {
  EXPECT_EQ(OptionText(true), "true");
  EXPECT_EQ(OptionText(2e-05), "2e-05");
  EXPECT_EQ(OptionText(std::string("x")), "x");
}

}  // namespace
}  // namespace scoreserve::ctl
