// A process that publishes is killed, and its power cut, at every step: the
// versions that it acknowledged are there, and all that are there are whole.

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/io/files.h"
#include "models/io/manifest.h"
#include "models/io/publish.h"
#include "tests/fault/power_cut.h"
#include "tests/fault/published.h"
#include "tests/support/child_program.h"
#include "tests/support/temp_folder.h"

namespace scoreserve {
namespace {

namespace fs = std::filesystem;
using ::testing::Contains;

constexpr int64_t kVersions = 3;

ChildProgram Driver(const std::string& folder) {
  return {.words = {SCORESERVE_PUBLISH_DRIVER, folder + "/models/m",
                    absl::StrCat(kVersions)},
          .environment = {}};
}

void ExpectWhole(const std::string& model, const ChildResult& result) {
  int64_t acknowledged = 0, desired = 0;
  for (const std::string& line : result.lines)
    ++(absl::StartsWith(line, "version") ? acknowledged : desired);
  int64_t found = 0;
  if (fs::exists(model)) {
    const auto names = FolderNames(model);
    ASSERT_TRUE(names.ok()) << names.status();
    for (const std::string& name : *names) {
      const int64_t version = VersionOfFolder(name);
      if (version == 0) continue;
      ++found;
      const fs::path folder = fs::path(model) / name;
      const auto text = ReadFile(folder / kManifestName, 1 << 20);
      ASSERT_TRUE(text.ok()) << text.status();
      const auto manifest = ParseManifest(*text);
      ASSERT_TRUE(manifest.ok()) << manifest.status();
      const auto files = PublishedFiles(version);
      EXPECT_EQ(manifest->size(), files.size());
      for (const auto& [file, contents] : files)
        EXPECT_TRUE(*ReadFile(folder / file, 1 << 20) == contents) << file;
    }
  }
  EXPECT_GE(found, acknowledged);
  EXPECT_LE(found, acknowledged + 1);
  const std::string text =
      ReadFile(model + "/desired.json", 1 << 20).value_or("");
  EXPECT_TRUE(text == DesiredText(desired) || text == DesiredText(desired + 1))
      << text;
}

TEST(KillPublishTest, AtEveryStep) {
  std::vector<std::string> names;
  {
    const TempFolder folder(MemoryFolder());
    ChildProgram driver = Driver(folder.path());
    driver.environment["SCORESERVE_FAILPOINT_LIST"] = folder / "list";
    ASSERT_EQ(RunToEnd(driver).exit_code, 0);
    std::ifstream lines(folder / "list");
    for (std::string line; std::getline(lines, line);) names.push_back(line);
  }
  for (const char* name :
       {"folder: made", "staging folder: made", "file: created",
        "file: written", "file: synced", "folder: synced", "version: renamed",
        "file: renamed"}) {
    EXPECT_THAT(names, Contains(name));
  }
  std::map<std::string, int> reached;
  for (const std::string& name : names) {
    const TempFolder folder(MemoryFolder());
    fs::create_directory(folder / "real");
    ChildProgram driver = Driver(folder / "real");
    driver.environment = PowerCutEnvironment(
        SCORESERVE_POWER_CUT_PRELOAD, folder / "real", folder / "shadow");
    const std::string at = absl::StrCat(name, ":", ++reached[name]);
    driver.environment["SCORESERVE_FAILPOINT"] = at;
    SCOPED_TRACE(at);
    const ChildResult result = RunToEnd(driver);
    ASSERT_TRUE(result.killed);
    ASSERT_NO_FATAL_FAILURE(ExpectWhole(folder / "real/models/m", result));
    AfterPowerCut(folder / "shadow", folder / "after");
    ASSERT_NO_FATAL_FAILURE(ExpectWhole(folder / "after/models/m", result));
    // The next writer goes on.
    EXPECT_TRUE(
        PublishVersion(folder / "after/models/m", PublishedFiles(1)).ok());
  }
}

}  // namespace
}  // namespace scoreserve
