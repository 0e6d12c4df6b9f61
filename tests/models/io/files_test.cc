#include "models/io/files.h"

#include <filesystem>
#include <fstream>
#include <string>

#include "gtest/gtest.h"
#include "tests/support/temp_folder.h"

namespace scoreserve {
namespace {

TEST(FilesTest, AReplacedFileIsWholeAndAlone) {
  const TempFolder folder;
  const std::string path = folder / "file";
  ASSERT_TRUE(ReplaceFileSynced(path, "a longer first").ok());
  // What a writer left that was killed in the middle is in nobody's way.
  std::ofstream(path + ".tmp") << "half";
  ASSERT_TRUE(ReplaceFileSynced(path, "second").ok());
  EXPECT_EQ(*ReadFile(path, 100), "second");
  EXPECT_FALSE(std::filesystem::exists(path + ".tmp"));
}

TEST(FilesTest, AFailedReplacementLeavesTheOldContents) {
  const TempFolder folder;
  const std::string path = folder / "file";
  ASSERT_TRUE(ReplaceFileSynced(path, "first").ok());
  std::filesystem::create_directories(path + ".tmp/in the way");
  EXPECT_FALSE(ReplaceFileSynced(path, "second").ok());
  EXPECT_EQ(*ReadFile(path, 100), "first");
}

}  // namespace
}  // namespace scoreserve
