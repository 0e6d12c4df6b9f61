#include "tests/integration/fine_tune/kills.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <random>
#include <set>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/integration/fine_tune/fine_tune_history.h"

namespace scoreserve {

void KillAtRandomMoments(uint64_t seed, int times, bool power_cut) {
  constexpr int kLives = 25;
  std::mt19937_64 random(seed);
  int64_t rows = 0, versions = 0, rollbacks = 0;
  for (int i = 0; i < times; i += kLives) {
    FineTuneHistory history(power_cut);
    for (int life = i; life < std::min(times, i + kLives); ++life) {
      // The first life of a history makes something that can be lost.
      const bool first = life == i;
      const bool from_start = random() % 4 == 0 && !first;
      // Of a second, in which it starts and works, or of work alone.
      const std::chrono::microseconds after(
          random() % (from_start ? 1'000'000 : 400'000) +
          (first ? 400'000 : 0));
      history.Live({.failpoint = {}, .after = after, .from_start = from_start});
      ASSERT_FALSE(testing::Test::HasFailure()) << "seed " << seed;
    }
    rows += history.rows();
    versions += history.versions();
    rollbacks += history.rollbacks();
  }
  EXPECT_GT(rows, 0);
  // A sample may be too short for one.
  EXPECT_GE(versions, times / kLives);
  std::printf("%d deaths, %lld rows, %lld versions, %lld rollbacks\n", times,
              static_cast<long long>(rows), static_cast<long long>(versions),
              static_cast<long long>(rollbacks));
}

void KillAtFailpoints(std::vector<std::string> names,
                      const std::vector<int>& counts, bool power_cut) {
  if (names.empty()) {
    const TempFolder folder;
    FineTuneHistory history(power_cut);
    for (int i = 0; i < 2; ++i)
      history.Live({.failpoint = {}, .after = kLongestLife}, folder / "list");
    std::ifstream lines(folder / "list");
    std::set<std::string> reached;
    for (std::string line; std::getline(lines, line);) reached.insert(line);
    names.assign(reached.begin(), reached.end());
  }
  ASSERT_FALSE(names.empty());
  int deaths = 0;
  for (const std::string& name : names) {
    FineTuneHistory history(power_cut);
    for (const int n : counts) {
      const bool died = history.Live({.failpoint = absl::StrCat(name, ":", n)});
      deaths += died;
      EXPECT_TRUE(died || n > counts[0]) << name << " was not reached";
      ASSERT_FALSE(testing::Test::HasFailure());
    }
    // And one more start.
    history.Live({.failpoint = {}, .after = std::chrono::milliseconds(50)});
    ASSERT_FALSE(testing::Test::HasFailure());
  }
  std::printf("%zu failpoints, %d deaths at them\n", names.size(), deaths);
}

}  // namespace scoreserve
