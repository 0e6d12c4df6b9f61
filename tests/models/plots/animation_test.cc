#include "models/plots/animation.h"

#include <cmath>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/io/files.h"
#include "models/plots/chart.h"
#include "models/plots/contact_sheet.h"
#include "tests/models/plots/animated_picture.h"
#include "tests/models/plots/png.h"
#include "tests/support/temp_folder.h"

namespace scoreserve {
namespace {

using ::testing::HasSubstr;

constexpr absl::Duration kShort = absl::Milliseconds(80);
constexpr absl::Duration kLong = absl::Milliseconds(1500);

// Three gray images of 4 by 4, of which the middle one turns brighter.
ContactSheet Sheet(int step) {
  ContactSheet sheet = {.title = "Step", .image_shape = {4, 4}};
  Rows images = {.dim = 16, .values = {}};
  for (int i = 0; i < 3 * 16; ++i) {
    const bool moves = i / 16 == 1;
    images.values.push_back(
        static_cast<float>(0.02 * (i % 16) + (moves ? 0.1 * step : 0.0)));
  }
  sheet.groups.push_back({.images = std::move(images)});
  return sheet;
}

// Points on a spiral, over a picture with many colours.
Chart Spiral(int step) {
  ScatterLayer points;
  for (int i = 0; i < 50; ++i) {
    const double angle = 0.3 * i + 0.2 * step;
    points.points.push_back(
        {.x = 0.02 * i * std::cos(angle), .y = 0.02 * i * std::sin(angle)});
  }
  HeatmapLayer ground = {.columns = 40, .rows = 40, .x_min = -1, .y_min = -1};
  for (int i = 0; i < 1600; ++i) {
    ground.values.push_back(static_cast<float>(i % 40 + i / 40));
  }
  return {.title = "Spiral",
          .x = {.min = -1.0, .max = 1.0},
          .y = {.min = -1.0, .max = 1.0},
          .layers = {std::move(ground), std::move(points)},
          .width = 200.0,
          .height = 200.0};
}

// Both formats, by suffix.
class AnimationTest : public testing::TestWithParam<std::string> {
 protected:
  std::unique_ptr<Animation> Open() {
    return std::move(NewAnimation(path_)).value();
  }

  AnimatedPicture Decoded() {
    const std::string file = ReadFile(path_, 1 << 24).value();
    return absl::EndsWith(path_, ".gif") ? DecodeGif(file) : DecodeApng(file);
  }

  // What cairo makes of the same picture.
  template <typename Drawing>
  Picture Still(const Drawing& drawing) {
    EXPECT_TRUE(WritePng(drawing, folder_ / "still.png").ok());
    return ReadPng(folder_ / "still.png");
  }

  TempFolder folder_;
  const std::string path_ = folder_ / ("moving" + GetParam());
};

INSTANTIATE_TEST_SUITE_P(Suffixes, AnimationTest,
                         testing::Values(".gif", ".png", ".apng"),
                         [](const auto& info) { return info.param.substr(1); });

TEST_P(AnimationTest, EveryFrameOfASheetComesBackAsItWasDrawn) {
  const std::unique_ptr<Animation> animation = Open();
  for (int step = 0; step < 5; ++step) {
    ASSERT_TRUE(animation->Add(Sheet(step), step < 4 ? kShort : kLong).ok());
  }
  ASSERT_TRUE(animation->Write().ok());
  const AnimatedPicture picture = Decoded();
  ASSERT_EQ(picture.frames.size(), 5u);
  for (int step = 0; step < 5; ++step) {
    const Picture still = Still(Sheet(step));
    EXPECT_EQ(picture.width, still.width);
    EXPECT_EQ(picture.height, still.height);
    EXPECT_EQ(picture.frames[step].pixels, still.pixels) << "frame " << step;
    EXPECT_EQ(picture.frames[step].milliseconds, step < 4 ? 80 : 1500);
  }
}

TEST_P(AnimationTest, OnlyWhatChangesIsStoredAgain) {
  const std::unique_ptr<Animation> animation = Open();
  for (const int step : {0, 1, 1}) {
    ASSERT_TRUE(animation->Add(Sheet(step), kShort).ok());
  }
  ASSERT_TRUE(animation->Write().ok());
  const AnimatedPicture picture = Decoded();
  ASSERT_EQ(picture.frames.size(), 3u);
  EXPECT_EQ(picture.frames[0].width, picture.width);
  // The second image of 48 points, at two pixels each; its frame is a line.
  EXPECT_LE(picture.frames[1].width, 2 * 48);
  EXPECT_LE(picture.frames[1].height, 2 * 48);
  EXPECT_GE(picture.frames[1].width, 2 * 46);
  // A format has no empty frame.
  EXPECT_EQ(picture.frames[2].width * picture.frames[2].height, 1);
}

TEST_P(AnimationTest, ChartsMoveToo) {
  const std::unique_ptr<Animation> animation = Open();
  for (int step = 0; step < 3; ++step) {
    ASSERT_TRUE(animation->Add(Spiral(step), kShort).ok());
  }
  ASSERT_TRUE(animation->Write().ok());
  const AnimatedPicture picture = Decoded();
  ASSERT_EQ(picture.frames.size(), 3u);
  for (int step = 0; step < 3; ++step) {
    const Picture still = Still(Spiral(step));
    double error = 0.0;
    for (size_t i = 0; i < still.pixels.size(); ++i) {
      for (const int shift : {0, 8, 16}) {
        const int wanted = still.pixels[i] >> shift & 255;
        const int got = picture.frames[step].pixels[i] >> shift & 255;
        error += (wanted - got) * (wanted - got);
      }
    }
    error = std::sqrt(error / (3.0 * static_cast<double>(still.pixels.size())));
    // More than 256 colours: exact as png, to the eye the same as gif.
    EXPECT_LT(error, GetParam() == ".gif" ? 3.0 : 1e-9);
  }
}

TEST_P(AnimationTest, RefusesWhatIsNoFrameAndGoesOn) {
  const std::unique_ptr<Animation> animation = Open();
  EXPECT_EQ(animation->Write().code(), absl::StatusCode::kFailedPrecondition);
  ASSERT_TRUE(animation->Add(Sheet(0), kShort).ok());
  ContactSheet larger = Sheet(0);
  larger.image_width = 60.0;
  EXPECT_THAT(animation->Add(larger, kShort).message(),
              HasSubstr("frame must be as large as those before it"));
  EXPECT_EQ(animation->Add(Sheet(0), absl::Milliseconds(10)).message(),
            "shown must be between 20ms and 1m; was 10ms");
  EXPECT_EQ(animation->Add(Sheet(0), absl::Minutes(2)).code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(animation->Add(ContactSheet(), kShort).message(),
              HasSubstr("image_shape"));
  ASSERT_TRUE(animation->Write().ok());
  EXPECT_EQ(Decoded().frames.size(), 1u);
}

TEST(AnimationPathTest, IsKnownByItsSuffix) {
  EXPECT_EQ(NewAnimation("x.jpg").status().message(),
            "path must be a name that ends in .gif, .png or .apng; was x.jpg");
  EXPECT_TRUE(IsAnimationPath("a.b.gif"));
  EXPECT_FALSE(IsAnimationPath("gif"));
}

TEST(ApngTest, ShowsTheLastFrameWhereNothingMoves) {
  TempFolder folder;
  const std::string path = folder / "x.png";
  const std::unique_ptr<Animation> animation =
      std::move(NewAnimation(path)).value();
  ASSERT_TRUE(animation->Add(Sheet(0), kShort).ok());
  ASSERT_TRUE(animation->Add(Sheet(3), kShort).ok());
  ASSERT_TRUE(animation->Write().ok());
  ASSERT_TRUE(WritePng(Sheet(3), folder / "still.png").ok());
  EXPECT_EQ(ReadPng(path).pixels, ReadPng(folder / "still.png").pixels);
}

}  // namespace
}  // namespace scoreserve
