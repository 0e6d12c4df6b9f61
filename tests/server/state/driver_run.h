// Runs of store_driver, and what the store must hold after one.

#ifndef SCORESERVE_TESTS_SERVER_STATE_DRIVER_RUN_H_
#define SCORESERVE_TESTS_SERVER_STATE_DRIVER_RUN_H_

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gtest/gtest.h"
#include "server/state/sqlite_job_store.h"
#include "tests/support/memory_job_store.h"
#include "tests/support/store_history.h"

namespace scoreserve {

struct DriverRun {
  std::string folder;  // Of the state.
  uint64_t seed = 0;
  int64_t first = 0;
  int64_t changes = 40;
  std::map<std::string, std::string> environment = {};
  // Killed this long after so many lines; never where it is negative.
  int64_t kill_after_lines = -1;
  std::chrono::microseconds kill_after{0};
};

struct DriverResult {
  std::vector<std::string> lines;
  bool killed = false;
  int exit_code = -1;
};

inline DriverResult RunDriver(const DriverRun& run) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) std::abort();
  // Made before fork(): the child of a process with threads may not allocate.
  std::vector<std::string> words = {
      SCORESERVE_STORE_DRIVER, run.folder, absl::StrCat(run.seed),
      absl::StrCat(run.first), absl::StrCat(run.changes)};
  std::vector<std::string> settings = {
      // A sanitizer's library need not be the first, before those preloaded.
      "ASAN_OPTIONS=verify_asan_link_order=0"};
  for (const auto& [name, value] : run.environment)
    settings.push_back(absl::StrCat(name, "=", value));
  const auto pointers = [](std::vector<std::string>& texts) {
    std::vector<char*> result;
    for (std::string& text : texts) result.push_back(text.data());
    result.push_back(nullptr);
    return result;
  };
  const std::vector<char*> arguments = pointers(words);
  const std::vector<char*> environment = pointers(settings);
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(ends[1], STDOUT_FILENO);
    ::execve(arguments[0], arguments.data(), environment.data());
    ::_exit(127);
  }
  ::close(ends[1]);
  DriverResult result;
  std::FILE* output = ::fdopen(ends[0], "r");
  std::string line;
  for (int c = 0; (c = std::fgetc(output)) != EOF;) {
    if (c != '\n') {
      line.push_back(static_cast<char>(c));
      continue;
    }
    result.lines.push_back(line);
    line.clear();
    if (static_cast<int64_t>(result.lines.size()) == run.kill_after_lines) {
      std::this_thread::sleep_for(run.kill_after);  // A moment, not a wait.
      ::kill(child, SIGKILL);
    }
  }
  std::fclose(output);
  int status = 0;
  ::waitpid(child, &status, 0);
  result.killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
  if (WIFEXITED(status)) result.exit_code = WEXITSTATUS(status);
  return result;
}

// What a store may hold: all that was acknowledged, and perhaps the change
// that the process died in.
struct Expected {
  MemoryJobStore before, after;
};

// `store` after the changes that the run acknowledged.
inline void Replay(const DriverRun& run, const DriverResult& result,
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
