// A store whose files were damaged while nobody used it: each damage is told,
// or does not matter, and nothing is read that was not written.

#include "tests/server/state/damaged_store.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/io/files.h"
#include "models/status.h"
#include "server/state/sqlite_job_store.h"
#include "tests/support/temp_folder.h"

namespace scoreserve {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

using DamagedCheckpointTest = DamagedStore;
using DamagedDatabaseTest = DamagedStore;

TEST_F(DamagedCheckpointTest, OneCutAnywhereIsPassedOverForTheOneBefore) {
  const std::string path = NewestCheckpoint();
  const std::string whole = *ReadFile(path, 1 << 20);
  ASSERT_GT(whole.size(), 500u);
  const auto store = Open();
  ASSERT_TRUE(store.ok()) << store.status();
  for (size_t size = 0; size < whole.size(); ++size) {
    ASSERT_TRUE(WriteFile(path, whole.substr(0, size)).ok());
    EXPECT_EQ(ReadCheckpoint(**store), Text(Saved(kCheckpoints - 1)));
    EXPECT_THAT(warnings_,
                ElementsAre(absl::StrCat(path, ": ends at byte ", size, " of ",
                                         whole.size())));
  }
}

TEST_F(DamagedCheckpointTest, ABitFlippedAnywhereIsNeverLoaded) {
  const std::string path = NewestCheckpoint();
  const std::string whole = *ReadFile(path, 1 << 20);
  const auto store = Open();
  ASSERT_TRUE(store.ok()) << store.status();
  std::mt19937_64 random(7);
  for (int i = 0; i < 1000; ++i) {
    std::string flipped = whole;
    flipped[random() % whole.size()] ^= 1 << random() % 8;
    ASSERT_TRUE(WriteFile(path, flipped).ok());
    EXPECT_EQ(ReadCheckpoint(**store), Text(Saved(kCheckpoints - 1)));
    EXPECT_THAT(warnings_, ElementsAre(StartsWith(path + ": is damaged")));
  }
}

TEST_F(DamagedCheckpointTest, OneThatIsMissingOrTooLongIsPassedOver) {
  const std::string path = NewestCheckpoint();
  const std::string whole = *ReadFile(path, 1 << 20);
  ASSERT_TRUE(WriteFile(path, whole + "x").ok());
  {
    const auto store = Open();
    EXPECT_EQ(ReadCheckpoint(**store), Text(Saved(kCheckpoints - 1)));
    EXPECT_THAT(warnings_, ElementsAre(StartsWith(path + ": ")));
  }
  fs::remove(path);
  const auto store = Open();
  EXPECT_EQ(ReadCheckpoint(**store), Text(Saved(kCheckpoints - 1)));
  EXPECT_THAT(warnings_, ElementsAre(HasSubstr(path)));
}

TEST_F(DamagedCheckpointTest, WhereNoneIsWholeThatIsDataLoss) {
  for (const auto& entry : fs::directory_iterator(path_ + "/checkpoints"))
    ASSERT_TRUE(WriteFile(entry.path(), "x").ok());
  const auto store = Open();
  const auto read = (*store)->ReadCheckpoint(kJob, [](const std::string&) {});
  EXPECT_EQ(read.status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(ReasonOf(read.status()), Reason::kStorageFailed);
  // Its rows are there all the same, and it can be deleted.
  EXPECT_EQ(ReadRows(**store), rows_);
  EXPECT_TRUE((*store)->Delete(kJob).ok());
}

TEST_F(DamagedDatabaseTest, ABitFlippedAnywhereIsToldOrDoesNotMatter) {
  FlipBits(/*seed=*/1, /*times=*/150);
}

TEST_F(DamagedDatabaseTest, ABitFlippedInAJobIsTold) {
  FlipBitsOfRecord("{\"spec\":1}");
}

TEST_F(DamagedDatabaseTest, OneDamagedJobIsToldAndOthersAreThere) {
  constexpr char kOther[] = "models/m/fineTunes/b";
  ASSERT_TRUE(
      (*Open())
          ->Create({.name = kOther, .spec = "{}", .status = "{}"}, Saved(1))
          .ok());
  ASSERT_TRUE(Database::Open(path_ + "/jobs.sqlite")
                  ->Run("UPDATE jobs SET rows = 3 WHERE id = 1")
                  .ok());
  const auto store = Open();
  ASSERT_TRUE(store.ok()) << store.status();
  const auto jobs = (*store)->Jobs();
  ASSERT_EQ(jobs->size(), 2u);
  EXPECT_EQ(jobs->at(0).name, kJob);
  EXPECT_EQ(jobs->at(0).damage.code(), absl::StatusCode::kDataLoss);
  ExpectTold(jobs->at(0).damage);
  EXPECT_EQ(jobs->at(0).spec, "");
  EXPECT_EQ(jobs->at(1).name, kOther);
  EXPECT_TRUE(jobs->at(1).damage.ok());
  EXPECT_EQ(jobs->at(1).spec, "{}");
  // Nothing of it is believed, and nothing changes it.
  ExpectTold((*store)->SetStatus(kJob, "{}"));
  ExpectTold(TryRows(**store).status());
  EXPECT_THAT(ReadCheckpoint(**store), HasSubstr("is damaged"));
  EXPECT_TRUE((*store)->SetStatus(kOther, "{}").ok());
  EXPECT_TRUE((*store)->Delete(kJob).ok());
  EXPECT_EQ((*store)->Jobs()->size(), 1u);
}

TEST_F(DamagedDatabaseTest, ABitFlippedInTheRecordOfACheckpointIsTold) {
  FlipBitsOfRecord(absl::StrCat("{\"step\":", kCheckpoints, "}"));
}

TEST_F(DamagedDatabaseTest, OneCutAnywhereIsToldOrDoesNotMatter) {
  const std::string path = path_ + "/jobs.sqlite";
  const std::string whole = *ReadFile(path, 1 << 24);
  std::mt19937_64 random(8);
  for (int i = 0; i < 60; ++i) {
    const size_t size = 1 + random() % (whole.size() - 1);
    SCOPED_TRACE(size);
    ASSERT_TRUE(WriteFile(path, whole.substr(0, size)).ok());
    ASSERT_NO_FATAL_FAILURE(ExpectNothingWrong());
  }
}

TEST_F(DamagedDatabaseTest, AnotherFileInItsPlaceIsRefused) {
  const std::string path = path_ + "/jobs.sqlite";
  ASSERT_TRUE(WriteFile(path, std::string(10'000, 'x')).ok());
  const absl::Status refused = Open().status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(refused.message(), path + ": file is not a database");
}

TEST_F(DamagedDatabaseTest, AnotherVersionIsRefusedAndLeftAlone) {
  const std::string path = path_ + "/jobs.sqlite";
  for (const char* version : {"2", "0"}) {
    {
      auto database = Database::Open(path);
      ASSERT_TRUE(
          database->Run(absl::StrCat("PRAGMA user_version=", version).c_str())
              .ok());
    }
    const absl::Status refused = Open().status();
    EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_EQ(ReasonOf(refused), Reason::kStorageFailed);
    EXPECT_EQ(
        refused.message(),
        absl::StrCat(path, ": must be a database of version 1; was ", version));
  }
  ASSERT_TRUE(Database::Open(path)->Run("PRAGMA user_version=1").ok());
  EXPECT_EQ(ReadRows(**Open()), rows_);
}

TEST_F(DamagedDatabaseTest, ARecordThatVanishedIsMissed) {
  const std::string path = path_ + "/jobs.sqlite";
  ASSERT_TRUE(Database::Open(path)
                  ->Run("DELETE FROM additions WHERE rows = 30;"
                        "DELETE FROM checkpoints WHERE step = 3")
                  .ok());
  const auto store = Open();
  const absl::Status rows = TryRows(**store).status();
  EXPECT_EQ(rows.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(rows.message()), HasSubstr("has 4 of 5 additions"));
  EXPECT_EQ(ReadCheckpoint(**store), Text(Saved(kCheckpoints - 1)));
  EXPECT_THAT(warnings_, ElementsAre(StartsWith(path + ": the record of")));
}

// Bits that flip in the log of a killed server look like a commit that never
// ended.
TEST_F(DamagedDatabaseTest, ADamagedLogLeavesAnEarlierCommit) {
  FlipBitsOfLog(/*seed=*/2, /*times=*/60);
}

}  // namespace
}  // namespace scoreserve
