// Runs of store_driver, and what the store must hold after one.

#ifndef SCORESERVE_TESTS_SERVER_STATE_DRIVER_RUN_H_
#define SCORESERVE_TESTS_SERVER_STATE_DRIVER_RUN_H_

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gtest/gtest.h"
#include "server/state/sqlite_job_store.h"
#include "tests/support/child_program.h"
#include "tests/support/memory_job_store.h"
#include "tests/support/store_history.h"

namespace scoreserve {

struct DriverRun {
  std::string folder;  // Of the state.
  uint64_t seed = 0;
  int64_t first = 0;
  int64_t changes = 40;
  // Environment, and when it is killed; `words` are made of the above.
  ChildProgram program = {};
};

inline ChildResult RunDriver(const DriverRun& run) {
  ChildProgram program = run.program;
  program.words = {SCORESERVE_STORE_DRIVER, run.folder, absl::StrCat(run.seed),
                   absl::StrCat(run.first), absl::StrCat(run.changes)};
  return RunToEnd(program);
}

// What a store may hold: all that was acknowledged, and perhaps the change
// that the process died in.
struct Expected {
  MemoryJobStore before, after;
};

// `store` after the changes that the run acknowledged.
inline void Replay(const DriverRun& run, const ChildResult& result,
                   Expected& expected) {
  int64_t next = run.first;
  for (const std::string& line : result.lines) {
    const std::vector<std::string> words = absl::StrSplit(line, ' ');
    int64_t k = 0;
    if (words.size() < 2 || !absl::SimpleAtoi(words[1], &k)) continue;
    ASSERT_EQ(k, next) << line;
    ++next;
    if (words[0] == "ok") {
      const absl::Status made = MakeChange(expected.before, run.seed, k);
      ASSERT_TRUE(made.ok()) << line << ", but " << made;
    }
  }
  expected.after = expected.before;
  if (next < run.first + run.changes)
    MakeChange(expected.after, run.seed, next).IgnoreError();
}

// Opens the store in `folder`, compares, and goes on with it.
inline void ExpectHolds(const std::string& folder, uint64_t seed,
                        Expected& expected) {
  absl::StatusOr<std::unique_ptr<JobStore>> store = OpenJobStore(folder);
  ASSERT_TRUE(store.ok()) << store.status();
  const std::string contents = Contents(**store);
  if (contents != Contents(expected.before)) {
    // Whole, not printed: megabytes.
    ASSERT_TRUE(contents == Contents(expected.after))
        << "neither what was acknowledged nor that and one change more";
    expected.before = expected.after;
  }
  for (int64_t k = 1'000'000; k < 1'000'005; ++k) {
    const absl::Status made = MakeChange(**store, seed, k);
    ASSERT_TRUE(made.ok()) << made;
    ASSERT_TRUE(MakeChange(expected.before, seed, k).ok());
  }
  ASSERT_TRUE(Contents(**store) == Contents(expected.before));
  // Three checkpoints a job at most, and nothing half-written.
  int64_t files = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(folder + "/checkpoints")) {
    const std::string name = entry.path().filename().string();
    EXPECT_TRUE(absl::EndsWith(name, ".safetensors")) << name;
    ++files;
  }
  EXPECT_LE(files, 3 * static_cast<int64_t>((*store)->Jobs()->size()));
}

}  // namespace scoreserve

#endif  // SCORESERVE_TESTS_SERVER_STATE_DRIVER_RUN_H_
