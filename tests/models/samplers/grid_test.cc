#include "models/samplers/grid.h"

#include <cmath>
#include <cstdint>
#include <vector>

#include "gtest/gtest.h"
#include "tests/models/samplers/diffusion_testing.h"

namespace scoreserve {
namespace {

std::vector<Level> Grid(const GridOptions& options,
                        const SamplerTarget& target) {
  return std::move(GridOf(options, target)).value();
}

GridOptions Options(int64_t num_steps, const char* grid, const char* end) {
  GridOptions options;
  options.num_steps = num_steps;
  options.grid = grid;
  options.end = end;
  return options;
}

TEST(GridTest, KarrasLevelsAreThePublishedOnes) {
  const auto levels = Grid(Options(5, "karras", "to_zero"), TimeTarget("vp"));
  ASSERT_EQ(levels.size(), 6u);
  const double golden[] = {80, 17.527831965, 2.5152189761, .16975275627, .002};
  for (int i = 0; i < 5; ++i) ExpectGolden(levels[i].ratio(), golden[i]);
  EXPECT_EQ(levels[5].time, 0.0);
  EXPECT_EQ(levels[5].alpha, 1.0);
  EXPECT_EQ(levels[5].sigma, 0.0);
}

TEST(GridTest, UniformLevelsAreEvenInTimeAndEndWhereAsked) {
  const auto levels = Grid(Options(9, "uniform", "none"), TimeTarget("vp"));
  ASSERT_EQ(levels.size(), 10u);
  EXPECT_EQ(levels.front().time, 1.0);
  EXPECT_EQ(levels.back().time, 1e-3);
  for (int i = 0; i < 9; ++i) {
    EXPECT_NEAR(levels[i].time - levels[i + 1].time, 0.111, 1e-15);
  }
}

TEST(GridTest, LogLevelsAreGeometric) {
  GridOptions options = Options(10, "log", "none");
  options.ratio_min = 0.01;
  const auto levels = Grid(options, TimeTarget("rve"));
  ASSERT_EQ(levels.size(), 11u);
  EXPECT_EQ(levels.front().sigma, 50.0);
  EXPECT_EQ(levels.back().sigma, 0.01);
  for (int i = 0; i < 10; ++i) {
    EXPECT_NEAR(levels[i + 1].sigma / levels[i].sigma, std::pow(2e-4, 0.1),
                1e-12);
  }
}

TEST(GridTest, TheProcessChoosesWhereNobodyDoes) {
  const auto even_in_time = [](const char* process) {
    const auto levels = Grid(Options(2, "auto", "none"), TimeTarget(process));
    const double middle = 0.5 * (levels[0].time + levels[2].time);
    return std::abs(levels[1].time - middle) < 1e-12;
  };
  EXPECT_TRUE(even_in_time("vp"));
  EXPECT_TRUE(even_in_time("subvp"));
  EXPECT_FALSE(even_in_time("rve"));
  // On ve they are the same.
  const auto ve = Grid(Options(2, "auto", "none"), TimeTarget("ve"));
  EXPECT_NEAR(ve[1].sigma, std::sqrt(ve[0].sigma * ve[2].sigma), 1e-12);
}

TEST(GridTest, StaysInTheRangeOfProcessAndLabel) {
  SamplerTarget target = TimeTarget("vp");
  target.label.min = 0.01;
  target.label.max = 0.9;
  for (const char* grid : {"uniform", "log", "karras"}) {
    const auto levels = Grid(Options(7, grid, "none"), target);
    for (const Level& level : levels) {
      EXPECT_GE(target.LabelOf(level), 0.01) << grid;
      EXPECT_LE(target.LabelOf(level), 0.9) << grid;
    }
    EXPECT_NEAR(levels.back().time, 0.01, 1e-12) << grid;
  }
  // Noise levels: to the last digit.
  ModelConfig config;
  config.label = {.kind = LabelKind::kNoiseLevel, .min = 0.03, .max = 7.0};
  const SamplerTarget noise = TargetOf(config, false).value();
  for (const char* grid : {"uniform", "log", "karras"}) {
    GridOptions options = Options(7, grid, "none");
    options.end_time = 0.0;
    const auto levels = Grid(options, noise);
    EXPECT_EQ(noise.LabelOf(levels.front()), 7.0) << grid;
    EXPECT_EQ(noise.LabelOf(levels.back()), 0.03) << grid;
  }
}

TEST(GridTest, AStartTimeShortensTheRangeAndKeepsTheSteps) {
  GridOptions options = Options(20, "karras", "to_zero");
  options.start_time = 0.4;
  const SamplerTarget vp = TimeTarget("vp");
  const auto levels = Grid(options, vp);
  ASSERT_EQ(levels.size(), 21u);
  EXPECT_NEAR(levels.front().time, 0.4, 1e-12);
  ExpectGolden(levels.front().ratio(), vp.process->At(0.4).ratio());
}

TEST(GridTest, OneStepToZeroIsOneLevel) {
  for (const char* grid : {"uniform", "log", "karras"}) {
    const auto levels = Grid(Options(1, grid, "to_zero"), TimeTarget("vp"));
    ASSERT_EQ(levels.size(), 2u);
    EXPECT_EQ(levels[1].sigma, 0.0);
  }
}

}  // namespace
}  // namespace scoreserve
