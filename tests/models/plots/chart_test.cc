#include "models/plots/chart.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/status.h"
#include "tests/models/plots/png.h"
#include "tests/support/temp_folder.h"

namespace scoreserve {
namespace {

using ::testing::HasSubstr;

// Two curves of training, a little noisy.
Chart LossChart() {
  Chart chart = {.title = "Training of the digits",
                 .x = {.label = "step"},
                 .y = {.label = "loss", .log = true}};
  LineLayer train = {.name = "train"};
  LineLayer held_out = {.name = "held out", .dashed = true};
  for (int i = 0; i <= 200; ++i) {
    const double smooth = 0.02 + 3.0 * std::exp(-i / 25.0);
    train.points.push_back({i * 100.0, smooth * (1 + 0.1 * std::sin(9.0 * i))});
    held_out.points.push_back({i * 100.0, 1.2 * smooth});
  }
  chart.layers = {train, held_out};
  return chart;
}

// A density, samples of it and its score: what a two-dimensional model shows.
Chart FieldChart() {
  constexpr int64_t kSide = 48;
  Chart chart = {.title = "Score of a Gaussian",
                 .x = {.label = "x₁"},
                 .y = {.label = "x₂"},
                 .equal_aspect = true};
  HeatmapLayer density = {.name = "density",
                          .columns = kSide,
                          .rows = kSide,
                          .x_min = -3,
                          .x_max = 3,
                          .y_min = -3,
                          .y_max = 3};
  for (int64_t i = 0; i < kSide * kSide; ++i) {
    const double x = -3 + 6.0 * (i % kSide + 0.5) / kSide;
    const double y = -3 + 6.0 * (i / kSide + 0.5) / kSide;
    density.values.push_back(
        std::exp(-0.5 * (x * x + (y - x / 2) * (y - x / 2))));
  }
  ArrowLayer score = {.name = "score", .color = Rgb(0x262626)};
  ScatterLayer samples = {.name = "samples", .color = Rgb(0xC44E52)};
  for (int i = 0; i < 144; ++i) {
    const Point at = {-2.75 + 0.5 * (i % 12), -2.75 + 0.5 * (i / 12)};
    const double dy = at.y - at.x / 2;
    score.arrows.push_back({at, {-at.x + dy / 2, -dy}});
    const double r = std::sqrt(-2 * std::log((i + 0.5) / 144)), a = 2.4 * i;
    samples.points.push_back(
        {r * std::cos(a), r * std::cos(a) / 2 + r * std::sin(a)});
  }
  chart.layers = {density, samples, score};
  return chart;
}

class ChartTest : public testing::Test {
 protected:
  absl::Status Write(const Chart& chart) { return WritePng(chart, path_); }

  // The message that refuses `chart`.
  std::string Refused(const Chart& chart) {
    return std::string(Write(chart).message());
  }

  TempFolder folder_;
  const std::string path_ = folder_ / "chart.png";
};

TEST_F(ChartTest, APointIsTwoPixels) {
  ASSERT_TRUE(Write(LossChart()).ok());
  const Picture picture = ReadPng(path_);
  EXPECT_EQ(picture.width, 840);
  EXPECT_EQ(picture.height, 600);
}

TEST_F(ChartTest, LinesHaveThePalettesColours) {
  ASSERT_TRUE(Write(LossChart()).ok());
  const Picture picture = ReadPng(path_);
  EXPECT_GT(picture.Count(0x4C72B0), 500);
  EXPECT_GT(picture.Count(0xDD8452), 300);
}

TEST_F(ChartTest, LayersLieOverEachOther) {
  ASSERT_TRUE(Write(FieldChart()).ok());
  const Picture picture = ReadPng(path_);
  EXPECT_GT(picture.Count(0xC44E52), 500);  // Samples.
  EXPECT_GT(picture.Count(0x262626), 500);  // Arrows.
}

TEST_F(ChartTest, ChartsStandSideBySide) {
  const std::vector<Chart> charts = {LossChart(), FieldChart()};
  ASSERT_TRUE(WritePng(charts, path_).ok());
  EXPECT_EQ(ReadPng(path_).width, 2 * 840);
}

TEST_F(ChartTest, WhatHasNoPlaceIsLeftOut) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  Chart chart = LossChart();
  std::get<LineLayer>(chart.layers[0]).points = {
      {nan, 1}, {1, nan}, {1, 0}, {1, -1}, {1e38, 1e38}, {0, 1}};
  EXPECT_TRUE(Write(chart).ok());
}

TEST_F(ChartTest, NothingToDrawIsAnEmptyFrame) {
  EXPECT_TRUE(Write(Chart()).ok());
  EXPECT_TRUE(Write({.layers = {LineLayer(), ArrowLayer()}}).ok());
  EXPECT_TRUE(Write({.layers = {ScatterLayer{.points = {{2, 2}}}}}).ok());
}

TEST_F(ChartTest, RefusalsNameTheField) {
  EXPECT_EQ(Refused({.x = {.min = 1.0, .max = 1.0}}),
            "x.max must be more than min, 1; was 1");
  EXPECT_EQ(Refused({.y = {.log = true, .min = 0.0}}),
            "y.min must be more than 0 on a log axis; was 0");
  EXPECT_EQ(Refused({.y = {.log = true}, .layers = {ArrowLayer()}}),
            "layers[0] must be points or a line on a log axis; was arrows");
  EXPECT_EQ(Refused({.layers = {HeatmapLayer{.columns = 2, .rows = 2}}}),
            "layers[0].values must be 2 columns by 2 rows; was 0 numbers");
  EXPECT_EQ(Refused({.width = 50}),
            "width and height must be at least 120; was 50 and 300");
  EXPECT_THAT(Refused({.width = 1e6}), HasSubstr("picture must be between"));
  EXPECT_FALSE(WritePng(absl::Span<const Chart>(), path_).ok());
  EXPECT_EQ(WritePng(Chart(), folder_ / "no/chart.png").code(),
            absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace scoreserve
