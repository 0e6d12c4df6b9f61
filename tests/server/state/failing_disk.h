#ifndef SCORESERVE_TESTS_SERVER_STATE_FAILING_DISK_H_
#define SCORESERVE_TESTS_SERVER_STATE_FAILING_DISK_H_

#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gtest/gtest.h"
#include "tests/server/state/driver_run.h"
#include "tests/support/temp_folder.h"

namespace scoreserve {

struct DiskFault {
  int64_t from = 1;   // The first call that fails, of those on the folder.
  int64_t count = 1;  // Those that do.
  int error = EIO;
};

inline int64_t FilesIn(const std::string& folder) {
  return std::distance(std::filesystem::directory_iterator(folder),
                       std::filesystem::directory_iterator());
}

// Runs a history on a disk that fails so, and checks that what was refused was
// refused well and has not happened, now and after a restart. Sets `failed`:
// whether any call did fail.
inline void FailAndCheck(DriverRun run, const DiskFault& fault, bool& failed) {
  const TempFolder folder(MemoryFolder());
  run.folder = folder / "state";
  const std::string log = folder / "log";
  run.program.environment = {
      {"LD_PRELOAD", SCORESERVE_FAIL_CALL_PRELOAD},
      {"SCORESERVE_FAIL_FOLDER", run.folder},
      {"SCORESERVE_FAIL_FROM", absl::StrCat(fault.from)},
      {"SCORESERVE_FAIL_COUNT", absl::StrCat(fault.count)},
      {"SCORESERVE_FAIL_ERROR", absl::StrCat(fault.error)},
      {"SCORESERVE_FAIL_LOG", log},
  };
  const ChildResult result = RunDriver(run);
  std::ifstream lines(log);
  const std::string calls((std::istreambuf_iterator<char>(lines)),
                          std::istreambuf_iterator<char>());
  failed = !calls.empty();
  SCOPED_TRACE(absl::StrCat("seed ", run.seed, ", errno ", fault.error,
                            ", failed: ", calls.substr(0, 300)));
  ASSERT_FALSE(result.killed);
  const std::string code =
      fault.error == EIO ? "DATA_LOSS" : "RESOURCE_EXHAUSTED";
  int64_t first_failed = -1;
  for (const std::string& line : result.lines) {
    const std::vector<std::string> words = absl::StrSplit(line, ' ');
    if (words[0] != "failed") continue;
    if (first_failed < 0 && words[1] != "open") {
      ASSERT_TRUE(absl::SimpleAtoi(words[1], &first_failed));
    }
    // SQLite does not always say why it cannot open or sync.
    if (words[1] != "open" && !absl::StrContains(calls, "sync")) {
      EXPECT_EQ(words[2], code) << line;
    }
    EXPECT_EQ(words[3], "STORAGE_FAILED") << line;
    EXPECT_TRUE(absl::StrContains(line, run.folder + "/") ||
                absl::StrContains(line, run.folder + ":"))
        << line;
  }
  ASSERT_EQ(
      result.exit_code,
      !result.lines.empty() && absl::StartsWith(result.lines[0], "failed open")
          ? 1
          : 0);
  Expected expected;
  ASSERT_NO_FATAL_FAILURE(Replay(run, result, expected));
  // Where the disk goes on failing, a change whose sync failed cannot be taken
  // back: it may come to light.
  if (fault.count > 1 && first_failed >= 0)
    MakeChange(expected.after, run.seed, first_failed).IgnoreError();
  // A start would tidy up; there must be nothing to do.
  if (fault.count == 1 && result.exit_code == 0) {
    const int64_t left = FilesIn(run.folder + "/checkpoints");
    ASSERT_TRUE(OpenJobStore(run.folder).ok());
    EXPECT_EQ(left, FilesIn(run.folder + "/checkpoints"));
  }
  ExpectHolds(run.folder, run.seed, expected);
}

// Fails the n-th call, or the `count` from there on, for n = 1, 1 + stride, …
// until none fails.
inline void FailEveryCall(const DriverRun& run, int error, int64_t count,
                          int64_t stride) {
  int64_t runs = 0;
  for (int64_t n = 1;; n += stride, ++runs) {
    bool failed = false;
    ASSERT_NO_FATAL_FAILURE(
        FailAndCheck(run, {.from = n, .count = count, .error = error}, failed));
    if (!failed) break;
  }
  EXPECT_GT(runs, 10);
}

}  // namespace scoreserve

#endif  // SCORESERVE_TESTS_SERVER_STATE_FAILING_DISK_H_
