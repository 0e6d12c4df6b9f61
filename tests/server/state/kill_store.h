#ifndef SCORESERVE_TESTS_SERVER_STATE_KILL_STORE_H_
#define SCORESERVE_TESTS_SERVER_STATE_KILL_STORE_H_

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/fault/power_cut.h"
#include "tests/server/state/driver_run.h"
#include "tests/support/temp_folder.h"

namespace scoreserve {

// The names of all failpoints that a run reaches, in order.
inline std::vector<std::string> ReachedFailpoints(uint64_t seed,
                                                  int64_t changes) {
  const TempFolder folder(MemoryFolder());
  const std::string list = folder / "list";
  DriverRun run = {.folder = folder / "state", .seed = seed};
  run.changes = changes;
  run.program.environment["SCORESERVE_FAILPOINT_LIST"] = list;
  const ChildResult result = RunDriver(run);
  EXPECT_EQ(result.exit_code, 0);
  std::vector<std::string> names;
  std::ifstream lines(list);
  for (std::string line; std::getline(lines, line);) names.push_back(line);
  return names;
}

// Runs the driver, which `run` has killed at some moment, and checks what is
// there: after a power cut too, if asked to. Sets `killed`: false where it had
// ended before.
inline void KillAndCheck(DriverRun run, bool power_cut, bool& killed) {
  const TempFolder folder(MemoryFolder());
  run.folder = folder / "real/state";
  std::filesystem::create_directory(folder / "real");
  if (power_cut) {
    run.program.environment.merge(PowerCutEnvironment(
        SCORESERVE_POWER_CUT_PRELOAD, folder / "real", folder / "shadow"));
  }
  const ChildResult result = RunDriver(run);
  killed = result.killed;
  ASSERT_TRUE(killed || result.exit_code == 0) << result.exit_code;
  Expected expected;
  ASSERT_NO_FATAL_FAILURE(Replay(run, result, expected));
  if (power_cut) {
    AfterPowerCut(folder / "shadow", folder / "after");
    Expected cut = expected;
    ASSERT_NO_FATAL_FAILURE(ExpectHolds(folder / "after/state", run.seed, cut));
  }
  ExpectHolds(run.folder, run.seed, expected);
}

// Kills it at the n-th time of a failpoint, for all of them, or one in
// `stride`.
inline void KillAtFailpoints(uint64_t seed, int64_t changes, size_t stride,
                             bool power_cut) {
  const std::vector<std::string> names = ReachedFailpoints(seed, changes);
  ASSERT_GT(names.size(), 0u);
  std::map<std::string, int> reached;
  for (size_t i = 0; i < names.size(); ++i) {
    const int n = ++reached[names[i]];
    // The first time of each always.
    if (n > 1 && i % stride != 0) continue;
    DriverRun run = {.folder = "", .seed = seed};
    run.changes = changes;
    run.program.environment["SCORESERVE_FAILPOINT"] =
        absl::StrCat(names[i], ":", n);
    SCOPED_TRACE(absl::StrCat("seed ", seed, ", killed at ", names[i], ":", n));
    bool killed = false;
    ASSERT_NO_FATAL_FAILURE(KillAndCheck(run, power_cut, killed));
    ASSERT_TRUE(killed);
  }
}

inline void KillAtRandomMoments(uint64_t first_seed, int times,
                                bool power_cut) {
  int killed_times = 0;
  for (int i = 0; i < times; ++i) {
    std::mt19937_64 random(first_seed + i);
    DriverRun run = {.folder = "", .seed = first_seed + i};
    run.changes = 10'000;
    run.program.kill_after_lines = 1 + static_cast<int64_t>(random() % 60);
    run.program.kill_after = std::chrono::microseconds(random() % 3000);
    SCOPED_TRACE(absl::StrCat("seed ", run.seed));
    bool killed = false;
    ASSERT_NO_FATAL_FAILURE(KillAndCheck(run, power_cut, killed));
    killed_times += killed;
  }
  EXPECT_EQ(killed_times, times);
}

}  // namespace scoreserve

#endif  // SCORESERVE_TESTS_SERVER_STATE_KILL_STORE_H_
