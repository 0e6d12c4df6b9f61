// The folder as an operator meets it: locked, not writable, full, and what is
// left in it.

#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/io/files.h"
#include "models/status.h"
#include "server/state/sqlite_job_store.h"
#include "tests/server/state/driver_run.h"
#include "tests/support/temp_folder.h"

namespace scoreserve {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const char kJob[] = "models/m/fineTunes/a";
constexpr uid_t kNobody = 65534;

absl::Status Create(JobStore& store, const char* name = kJob) {
  return store.Create({.name = name, .spec = "{}", .status = "{}"},
                      {.step = 0, .notes = "{}", .weights = "w"});
}

absl::Status Append(JobStore& store, int64_t first_offset,
                    const std::vector<float>& x) {
  const JobStore::Addition addition = {
      .name = kJob,
      .examples = {.first_offset = first_offset,
                   .rows = static_cast<int64_t>(x.size()),
                   .x = x,
                   .classes = {}}};
  return store.Append({addition});
}

// Files in `folder`, of which any holds `bytes`.
std::vector<std::string> FilesWith(const std::string& folder,
                                   const std::string& bytes) {
  std::vector<std::string> found;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    if (absl::StrContains(*ReadFile(entry.path(), 1 << 28), bytes))
      found.push_back(entry.path().filename());
  }
  return found;
}

TEST(StateFolderTest, ASecondStoreIsToldWhoHasTheFirst) {
  const TempFolder folder;
  const std::string path = folder / "state";
  auto store = OpenJobStore(path);
  ASSERT_TRUE(store.ok()) << store.status();
  const std::string message =
      absl::StrCat(path, " is locked by pid ", ::getpid());
  const absl::Status second = OpenJobStore(path).status();
  EXPECT_EQ(second.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(ReasonOf(second), Reason::kStorageFailed);
  EXPECT_EQ(second.message(), message);

  DriverRun run = {.folder = path, .seed = 1};
  const ChildResult other = RunDriver(run);
  EXPECT_EQ(other.exit_code, 1);
  EXPECT_THAT(other.lines,
              ElementsAre(absl::StrCat(
                  "failed open FAILED_PRECONDITION STORAGE_FAILED ", message)));
  // What the first has is as it was.
  EXPECT_TRUE(Create(**store).ok());
  store->reset();
  EXPECT_EQ(RunDriver(run).exit_code, 0);
}

TEST(StateFolderTest, OthersCannotReadIt) {
  const TempFolder folder;
  ASSERT_TRUE(OpenJobStore(folder / "a/state").ok());
  for (const char* name : {"a/state", "a/state/checkpoints"}) {
    EXPECT_EQ(fs::status(folder / name).permissions(), fs::perms::owner_all);
  }
}

TEST(StateFolderTest, WhereItCannotBeWrittenThatIsSaidWithThePath) {
  const TempFolder folder;
  const std::string path = folder / "state";
  ASSERT_TRUE(OpenJobStore(path).ok());
  // Permissions do not bind root.
  const bool root = ::geteuid() == 0;
  if (root) {
    ASSERT_EQ(::chmod(folder.path().c_str(), 0755), 0);
    for (const auto& entry : fs::recursive_directory_iterator(path))
      ASSERT_EQ(::chown(entry.path().c_str(), kNobody, kNobody), 0);
    ASSERT_EQ(::chown(path.c_str(), kNobody, kNobody), 0);
    ASSERT_EQ(::seteuid(kNobody), 0);
  }
  const absl::Cleanup back = [root] {
    if (root && ::seteuid(0) != 0) std::abort();
  };
  const auto expect_refused = [](const std::string& folder,
                                 const std::string& named) {
    const absl::Status refused = OpenJobStore(folder).status();
    EXPECT_EQ(refused.code(), absl::StatusCode::kPermissionDenied) << refused;
    EXPECT_EQ(ReasonOf(refused), Reason::kStorageFailed) << refused;
    EXPECT_THAT(std::string(refused.message()), HasSubstr(named));
  };
  for (const char* file : {"", "/LOCK", "/jobs.sqlite"}) {
    const std::string part = path + file;
    const fs::perms before = fs::status(part).permissions();
    fs::permissions(part, fs::perms::owner_read | fs::perms::owner_exec);
    expect_refused(path, part);
    fs::permissions(part, before);
  }
  EXPECT_TRUE(OpenJobStore(path).ok());
  fs::permissions(path, fs::perms::owner_read | fs::perms::owner_exec);
  expect_refused(path + "/deeper", path + "/deeper");
  fs::permissions(path, fs::perms::owner_all);
}

TEST(StateFolderTest, AFileInItsPlaceIsSaidWithThePath) {
  const TempFolder folder;
  ASSERT_TRUE(WriteFile(folder / "state", "x").ok());
  const absl::Status refused = OpenJobStore(folder / "state").status();
  EXPECT_THAT(std::string(refused.message()), HasSubstr(folder / "state"));
  EXPECT_EQ(ReasonOf(refused), Reason::kStorageFailed) << refused;
}

TEST(StateFolderTest, WhatWasDeletedIsInNoFile) {
  const TempFolder folder;
  const std::string path = folder / "state";
  auto store = OpenJobStore(path);
  ASSERT_TRUE(Create(**store).ok());
  ASSERT_TRUE(Create(**store, "models/m/fineTunes/b").ok());
  // Three numbers that stand nowhere else, in additions large and small.
  std::vector<float> x = {123.4375f, -8765.5f, 3.0517578125e-5f};
  const std::string mark(reinterpret_cast<const char*>(x.data()), 12);
  for (int i = 0; i < 11; ++i) x.insert(x.end(), x.begin(), x.end());
  int64_t rows = 0;
  for (const size_t size : {size_t{3}, x.size(), size_t{300}}) {
    ASSERT_TRUE(Append(**store, rows, {x.begin(), x.begin() + size}).ok());
    rows += static_cast<int64_t>(size);
  }
  ASSERT_TRUE(
      (*store)
          ->SaveCheckpoint(kJob, {.step = 1, .notes = "{}", .weights = mark})
          .ok());
  EXPECT_EQ(FilesWith(path, mark).size(), 2u);  // A checkpoint, and the log.
  store->reset();
  EXPECT_EQ(FilesWith(path, mark).size(), 2u);  // And the database.
  store = OpenJobStore(path);
  ASSERT_TRUE((*store)->Delete(kJob).ok());
  EXPECT_THAT(FilesWith(path, mark), ElementsAre());
  // What it took is free.
  EXPECT_LT(fs::file_size(path + "/jobs.sqlite"), 100'000u);
  EXPECT_TRUE(Create(**store).ok());
}

TEST(StateFolderTest, WhatWasPrunedIsInNoFileOnceItIsClosed) {
  const TempFolder folder;
  const std::string path = folder / "state";
  auto store = OpenJobStore(path);
  ASSERT_TRUE(Create(**store).ok());
  const std::vector<float> x = {123.4375f, -8765.5f, 3.0517578125e-5f};
  const std::string mark(reinterpret_cast<const char*>(x.data()), 12);
  ASSERT_TRUE(Append(**store, 0, x).ok());
  ASSERT_TRUE(Append(**store, 3, {1, 2, 3}).ok());
  ASSERT_TRUE((*store)
                  ->Prune(kJob, [](int64_t first_offset,
                                   int64_t) { return first_offset > 0; })
                  .ok());
  store->reset();
  EXPECT_THAT(FilesWith(path, mark), ElementsAre());
}

TEST(StateFolderTest, WhatNoRecordNamesGoesAtTheStartAndWhatIsNotOursStays) {
  const TempFolder folder;
  const std::string path = folder / "state";
  ASSERT_TRUE(Create(**OpenJobStore(path)).ok());
  const std::string checkpoints = path + "/checkpoints/";
  for (const char* name : {"7.safetensors", "8.safetensors.tmp", "notes.txt"})
    ASSERT_TRUE(WriteFile(checkpoints + name, "x").ok());
  ASSERT_TRUE(OpenJobStore(path).ok());
  EXPECT_TRUE(fs::exists(checkpoints + "1.safetensors"));
  EXPECT_FALSE(fs::exists(checkpoints + "7.safetensors"));
  EXPECT_FALSE(fs::exists(checkpoints + "8.safetensors.tmp"));
  EXPECT_TRUE(fs::exists(checkpoints + "notes.txt"));
}

// In a process that has a small disk of its own. Says what is wrong, or "".
std::string FillTheDisk(const std::string& path) {
  auto store = OpenJobStore(path);
  if (!store.ok()) return std::string(store.status().message());
  if (!Create(**store).ok()) return "cannot create";
  const std::string ballast = path + "/ballast";
  if (!WriteFile(ballast, std::string(4 << 20, 'x')).ok()) return "no ballast";
  int64_t rows = 0;
  absl::Status status;
  while ((status = Append(**store, rows, std::vector<float>(10'000))).ok())
    rows += 10'000;
  if (!absl::IsResourceExhausted(status) ||
      ReasonOf(status) != Reason::kStorageFailed ||
      !absl::StrContains(status.message(), path + "/jobs.sqlite") ||
      !absl::EndsWith(status.message(), "; needs 40000 bytes")) {
    return absl::StrCat("append: ", status.ToString());
  }
  const StoredCheckpoint large = {
      .step = 1, .notes = "{}", .weights = std::string(900'000, 'w')};
  status = (*store)->SaveCheckpoint(kJob, large);
  if (!absl::IsResourceExhausted(status) ||
      ReasonOf(status) != Reason::kStorageFailed ||
      !absl::StrContains(status.message(), path + "/checkpoints/2.") ||
      !absl::EndsWith(status.message(), "; needs 900000 bytes")) {
    return absl::StrCat("checkpoint: ", status.ToString());
  }
  const auto files = std::distance(
      fs::directory_iterator(path + "/checkpoints"), fs::directory_iterator());
  if (files != 1) return "a failed checkpoint left its file";
  if ((*store)->Jobs()->at(0).rows != rows) return "rows that were refused";
  fs::remove(ballast);
  if (!Append(**store, rows, {1}).ok()) return "append with room";
  if (!(*store)->SaveCheckpoint(kJob, large).ok()) return "save with room";
  store->reset();
  store = OpenJobStore(path);
  if (!store.ok()) return std::string(store.status().message());
  return (*store)->Jobs()->at(0).rows == rows + 1 ? "" : "rows after a restart";
}

TEST(StateFolderTest, AFullDiskIsToldAndOnceThereIsRoomItGoesOn) {
  const TempFolder folder;
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const int spaces =
        ::geteuid() == 0 ? CLONE_NEWNS : CLONE_NEWUSER | CLONE_NEWNS;
    if (::unshare(spaces) != 0 ||
        ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount("none", folder.path().c_str(), "tmpfs", 0, "size=8m") != 0) {
      ::_exit(77);
    }
    const std::string wrong = FillTheDisk(folder / "state");
    const bool said = ::write(ends[1], wrong.data(), wrong.size()) >= 0;
    ::_exit(wrong.empty() && said ? 0 : 1);
  }
  ::close(ends[1]);
  std::string wrong(1000, '\0');
  wrong.resize(static_cast<size_t>(
      std::max<ssize_t>(0, ::read(ends[0], wrong.data(), wrong.size()))));
  ::close(ends[0]);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
    GTEST_SKIP() << "no file system can be mounted here";
  EXPECT_EQ(wrong, "");
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace scoreserve
