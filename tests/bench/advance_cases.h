// What a step of a sampler costs beside the network: Advance(), noise included,
// on one core. Shared by advance_bench and by whoever reports more than that.

#ifndef SCORESERVE_TESTS_BENCH_ADVANCE_CASES_H_
#define SCORESERVE_TESTS_BENCH_ADVANCE_CASES_H_

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "models/samplers/advance.h"

namespace scoreserve {

struct AdvanceCase {
  std::string name;      // "advance/avx2/256x64".
  double median_ns = 0;  // An element, over many short windows.
  double best_ns = 0;    // The fastest window: what others did not disturb.
};

// One case, Langevin's kind of step: x ← x + h·s + √(2h)·z. Every fourth row
// begins another request. With `companion`, the coefficients of a velocity too.
inline AdvanceCase MeasureAdvance(const char* variant, int64_t rows,
                                  int64_t dim, bool companion) {
  constexpr int kWindows = 200;
  constexpr int64_t kElementsAWindow = 100'000;
  using Clock = std::chrono::steady_clock;

  std::vector<RowStep> steps(rows);
  for (int64_t i = 0; i < rows; ++i) {
    steps[i] = {.xs = 0.01f, .xz = 0.1f};
    if (companion) steps[i].xy = 0.5f, steps[i].yy = 0.9f;
    steps[i].noise = {.seed = static_cast<uint64_t>(i / 4),
                      .row = static_cast<uint32_t>(i % 4)};
  }
  std::vector<float> x(rows * dim), y(rows * dim), score(rows * dim, 0.5f);
  const int64_t calls = std::max<int64_t>(1, kElementsAWindow / (rows * dim));
  std::vector<double> windows;
  for (int i = 0; i < kWindows; ++i) {
    const Clock::time_point start = Clock::now();
    for (int64_t call = 0; call < calls; ++call) {
      for (RowStep& step : steps) ++step.noise.step;
      AdvanceWith(variant, steps, dim, score.data(), x.data(),
                  companion ? y.data() : nullptr);
    }
    const std::chrono::duration<double, std::nano> took = Clock::now() - start;
    windows.push_back(took.count() / static_cast<double>(calls * rows * dim));
  }
  std::sort(windows.begin(), windows.end());
  return {.name = absl::StrCat("advance/", variant, "/", rows, "x", dim,
                               companion ? "/companion" : ""),
          .median_ns = windows[kWindows / 2],
          .best_ns = windows.front()};
}

// Every variant that runs here, at widths that fill vectors and widths that do
// not.
inline std::vector<AdvanceCase> AdvanceCases() {
  std::vector<AdvanceCase> cases;
  for (const char* variant : AdvanceVariants()) {
    cases.push_back(MeasureAdvance(variant, 256, 64, false));
    cases.push_back(MeasureAdvance(variant, 256, 65, false));
    cases.push_back(MeasureAdvance(variant, 8192, 2, false));
    cases.push_back(MeasureAdvance(variant, 1, 64, false));
    cases.push_back(MeasureAdvance(variant, 64, 3072, false));
    cases.push_back(MeasureAdvance(variant, 256, 64, true));
  }
  return cases;
}

}  // namespace scoreserve

#endif  // SCORESERVE_TESTS_BENCH_ADVANCE_CASES_H_
