// scorectl's promote, rollback and pull, against a real server.

#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "tests/integration/client/run_scorectl.h"
#include "tests/support/model_server.h"
#include "tests/support/temp_folder.h"

namespace scoreserve {
namespace {

using ::testing::HasSubstr;

class ScorectlVersionsTest : public ::testing::Test {
 protected:
  ScorectlVersionsTest() {
    server_.Publish(1.0f);
    server_.Publish(0.5f);
    // Else the poller would find them a second later.
    server_.Stop();
    server_.Start();
  }

  Ran Run(const std::string& arguments) {
    return RunScorectl(folder_, server_.address(), arguments);
  }

  nlohmann::json Model() {
    return nlohmann::json::parse(Run("models plain --format json").out);
  }

  TempFolder folder_;
  ModelServer server_;
};

TEST_F(ScorectlVersionsTest, PromotesAVersionAndShowsIt) {
  const Ran ran = Run("promote plain@2");
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_EQ(ran.out, "plain@stable is version 2 (was not set)\n");
  EXPECT_EQ(Model()["version"], 2);
  EXPECT_EQ(Model()["all_aliases"]["stable"], 2);
  EXPECT_EQ(Model()["generation"], 1);
  const Ran canary = Run("promote plain@3 --alias canary --format json");
  EXPECT_EQ(nlohmann::json::parse(canary.out),
            nlohmann::json::parse(R"({"name": "plain", "alias": "canary",
              "version": 3, "before": null, "generation": 2})"));
  EXPECT_EQ(Run("promote plain@canary").out,
            "plain@stable is version 3 (was 2)\n");
  const std::string shown = Run("models plain").out;
  EXPECT_THAT(shown, HasSubstr("canary 3, stable 3"));
  EXPECT_THAT(shown, HasSubstr("generation"));
}

TEST_F(ScorectlVersionsTest, RollsBackAVersionAtATime) {
  EXPECT_EQ(Run("rollback plain").out,
            "plain@stable is version 2 (was not set)\n");
  EXPECT_EQ(Run("rollback plain").out, "plain@stable is version 1 (was 2)\n");
  const Ran none = Run("rollback plain");
  EXPECT_EQ(none.exit_code, 1);
  EXPECT_THAT(none.err, HasSubstr("no version of 'plain' below 1"));
  EXPECT_EQ(Run("rollback plain --to 3").out,
            "plain@stable is version 3 (was 1)\n");
  const Ran unknown = Run("rollback plain --to 9");
  EXPECT_EQ(unknown.exit_code, 1);
  EXPECT_THAT(unknown.err, HasSubstr("VERSION_NOT_FOUND"));
  EXPECT_EQ(Model()["version"], 3);
}

TEST_F(ScorectlVersionsTest, PullsWhatAServerCanServe) {
  const std::string models = folder_ / "models";
  const Ran ran = Run("pull plain@2 --to " + models);
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("plain@2 is in " + models + "/plain/2 ("));
  EXPECT_TRUE(std::filesystem::exists(models + "/plain/2/MANIFEST"));
  const Ran json = Run("pull plain --format json --to " + models);
  EXPECT_EQ(nlohmann::json::parse(json.out)["version"], 3);
  const Ran again = Run("pull plain --to " + models);
  EXPECT_EQ(again.exit_code, 5);
  EXPECT_THAT(again.err, HasSubstr("is there already"));
  EXPECT_EQ(Run("pull plain@none --to " + models).exit_code, 1);
}

TEST_F(ScorectlVersionsTest, WrongWordsAreUsageErrors) {
  for (const char* words :
       {"promote plain", "promote plain@", "promote", "rollback plain@2",
        "rollback plain --to 0", "pull plain", "pull --to x"}) {
    EXPECT_EQ(Run(words).exit_code, 2) << words;
  }
}

}  // namespace
}  // namespace scoreserve
