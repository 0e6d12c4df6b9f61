#include "models/io/staging_folder.h"

#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/io/files.h"
#include "models/io/publish.h"
#include "tests/support/temp_folder.h"

namespace scoreserve {
namespace {

namespace fs = std::filesystem;
using ::testing::UnorderedElementsAre;

class StagingFolderTest : public testing::Test {
 protected:
  // Makes `path` look as if nobody had written to it since.
  static void Age(const fs::path& path, std::chrono::minutes minutes) {
    fs::last_write_time(path, fs::file_time_type::clock::now() - minutes);
  }
  // As a writer leaves it that is killed while it writes.
  std::string Abandoned() {
    const pid_t child = ::fork();
    if (child == 0) {
      const auto staging = StagingFolder::In(root_.path());
      if (!staging.ok() ||
          !WriteFile(staging->path() + "/config.json", "{").ok()) {
        ::_exit(1);
      }
      ::raise(SIGKILL);
    }
    int status = 0;
    EXPECT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFSIGNALED(status)) << "the child could not write";
    const std::vector<std::string> names = Names();
    EXPECT_EQ(names.size(), 1u);
    return root_ / names.at(0);
  }
  std::vector<std::string> Names() { return *FolderNames(root_.path()); }

  TempFolder root_;
};

TEST_F(StagingFolderTest, GoesWithItsOwnerUnlessItWasRenamed) {
  {
    const auto kept = StagingFolder::In(root_.path());
    const auto dropped = StagingFolder::In(root_.path());
    ASSERT_TRUE(kept.ok() && dropped.ok());
    ASSERT_TRUE(WriteFile(dropped->path() + "/x", "x").ok());
    fs::rename(kept->path(), root_ / "1");
  }
  EXPECT_THAT(Names(), UnorderedElementsAre("1"));
}

TEST_F(StagingFolderTest, WhatAKilledWriterLeftGoesWithTheNextPublish) {
  Age(Abandoned(), std::chrono::minutes(61));
  EXPECT_EQ(PublishVersion(root_.path(), {{"a", "1"}}).value_or(0), 1);
  EXPECT_THAT(Names(), UnorderedElementsAre("1"));
}

TEST_F(StagingFolderTest, WhatWasWrittenLatelyStays) {
  const std::string path = Abandoned();
  Age(path, std::chrono::minutes(59));
  DeleteAbandonedStagingFolders(root_.path());
  EXPECT_TRUE(fs::exists(path));
}

TEST_F(StagingFolderTest, AWriterThatLivesKeepsItsFolderHoweverSlowItIs) {
  auto slow = StagingFolder::In(root_.path());
  ASSERT_TRUE(slow.ok());
  const std::string path = slow->path();
  Age(path, std::chrono::hours(100));
  DeleteAbandonedStagingFolders(root_.path());
  EXPECT_TRUE(fs::exists(path));
  // Also once the object has moved.
  const StagingFolder moved = *std::move(slow);
  DeleteAbandonedStagingFolders(root_.path());
  EXPECT_TRUE(fs::exists(moved.path()));
}

TEST_F(StagingFolderTest, WhatIsNotOursIsLeftAlone) {
  const TempFolder elsewhere;
  const std::string mine = root_ / ".tmp-mine";
  fs::create_directory(mine);
  const std::string file = root_ / ".tmp-0123456789abcdef";
  ASSERT_TRUE(WriteFile(file, "x").ok());
  const std::string link = root_ / ".tmp-fedcba9876543210";
  fs::create_directory_symlink(elsewhere.path(), link);
  for (const std::string& path : {mine, file, elsewhere.path()})
    Age(path, std::chrono::hours(100));
  DeleteAbandonedStagingFolders(root_.path());
  EXPECT_EQ(Names().size(), 3u);
  EXPECT_TRUE(fs::exists(elsewhere.path()));
}

}  // namespace
}  // namespace scoreserve
