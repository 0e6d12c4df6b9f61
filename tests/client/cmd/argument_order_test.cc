#include "client/cmd/argument_order.h"

#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "gtest/gtest.h"

namespace scoreserve::ctl {
namespace {

class ArgumentOrderTest : public ::testing::Test {
 protected:
  ArgumentOrderTest() {
    app_.set_version_flag("--version", "1");
    for (const char* name : {"boil", "pour"}) {
      CLI::App* command = app_.add_subcommand(name);
      command->add_option("-w,--water", water_);
      command->add_flag("--quietly");
    }
  }

  std::string Ordered(const std::string& line) {
    return absl::StrJoin(CommandFirst(app_, absl::StrSplit(line, ' ')), " ");
  }

  CLI::App app_;
  std::string water_;
};

TEST_F(ArgumentOrderTest, OptionsBeforeTheCommandComeAfterIt) {
  EXPECT_EQ(Ordered("--water hot boil"), "boil --water hot");
  EXPECT_EQ(Ordered("--water=hot boil --quietly"),
            "boil --water=hot --quietly");
  EXPECT_EQ(Ordered("--quietly -w hot pour now"), "pour --quietly -w hot now");
}

TEST_F(ArgumentOrderTest, AValueThatIsCalledLikeACommandIsNone) {
  EXPECT_EQ(Ordered("--water boil pour"), "pour --water boil");
}

TEST_F(ArgumentOrderTest, AnUnknownOptionIsLeftToTheCommandToRefuse) {
  EXPECT_EQ(Ordered("--watre boil"), "boil --watre");
  EXPECT_EQ(Ordered("--watre hot boil"), "boil --watre hot");
  EXPECT_EQ(Ordered("--watre --water hot boil"), "boil --watre --water hot");
  EXPECT_EQ(Ordered("--watre=hot bake boil"), "--watre=hot bake boil");
}

TEST_F(ArgumentOrderTest, OtherLinesStayAsTheyAre) {
  for (const char* line :
       {"boil --water hot", "--version boil", "--help pour", "--water hot",
        "bake boil", "--water hot bake boil", "- boil"}) {
    EXPECT_EQ(Ordered(line), line);
  }
}

}  // namespace
}  // namespace scoreserve::ctl
