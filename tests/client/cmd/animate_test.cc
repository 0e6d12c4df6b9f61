#include "client/cmd/animate.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "client/cmd/animation_file.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/io/files.h"
#include "tests/models/plots/animated_picture.h"
#include "tests/support/temp_folder.h"

namespace scoreserve::ctl {
namespace {

using ::testing::HasSubstr;

ModelInfo Model(std::vector<int64_t> shape) {
  ModelInfo model = {.name = "moving", .version = 1};
  model.data.shape = std::move(shape);
  return model;
}

TEST(PlanAnimationTest, ThereIsRoomForAllStatesThatCome) {
  for (const int64_t frames : {1, 2, 3, 40, 41, 1000}) {
    const int64_t room = PlanAnimation(frames, 16, 2).max_frames;
    int64_t most = 0;
    for (int64_t num_steps = 1; num_steps < 4000; ++num_steps) {
      const int64_t every =
          std::max<int64_t>(1, std::llround(static_cast<double>(num_steps) /
                                            static_cast<double>(frames)));
      most = std::max(most, num_steps / every);
    }
    EXPECT_LE(most, room) << frames;
    EXPECT_LE(room, most + 1) << frames;
  }
}

TEST(PlanAnimationTest, RowsAreAllUnlessTheyAreTooManyToSeeOrToKeep) {
  EXPECT_EQ(PlanAnimation(40, 16, 2).rows, 16);
  EXPECT_EQ(PlanAnimation(40, 100'000, 2).rows, 5000);
  EXPECT_EQ(PlanAnimation(40, 100'000, 64).rows, 400);
  const int64_t dim = 3 * 512 * 512;
  const AnimationPlan large = PlanAnimation(25, 400, dim);
  EXPECT_LE((large.max_frames + 1) * large.rows * dim * 4, 256 << 20);
  EXPECT_EQ(large.rows, 2);
  EXPECT_EQ(PlanAnimation(1000, 400, dim).rows, 1);
}

TEST(RecordingTest, AsksForItsFramesAndForTheRowsThatItDraws) {
  const AnimateOptions options = {.path = "x.gif", .frames = 30};
  SampleQuery few = {.rows = 16};
  const Recording all(options, Model({2}), &few);
  EXPECT_EQ(few.states_count, 30);
  EXPECT_EQ(few.states_every, 0);
  EXPECT_EQ(few.states_rows, 0);
  SampleQuery many = {.rows = 6000};
  const Recording first(options, Model({2}), &many);
  EXPECT_EQ(many.states_rows, 5000);
}

TEST(CheckAnimateTest, SaysWhatItCannotDraw) {
  EXPECT_TRUE(CheckAnimate({}, Model({7})).ok());
  EXPECT_TRUE(CheckAnimate({.path = "x.gif"}, Model({2})).ok());
  EXPECT_TRUE(CheckAnimate({.path = "x.png"}, Model({8, 8})).ok());
  EXPECT_TRUE(CheckAnimate({.path = "x.apng"}, Model({8, 8, 3})).ok());
  EXPECT_EQ(CheckAnimate({.path = "x.gif"}, Model({7})).message(),
            "--animate draws images and 2-D rows; a row of moving@1 has shape "
            "7");
  EXPECT_EQ(CheckAnimate({.path = "x.mp4"}, Model({2})).message(),
            "--animate must end in .gif, .png or .apng; was 'x.mp4'");
}

class WriteAnimationTest : public testing::Test {
 protected:
  // `last` after 30 steps, and before it `frames` after 10, 20, …
  AnimatedPicture Write(const ModelInfo& model, const std::vector<Rows>& frames,
                        const Rows& last) {
    std::vector<StateFrame> states;
    for (const Rows& x : frames) {
      states.push_back(
          {.step = 10 * static_cast<int64_t>(states.size() + 1), .x = x});
    }
    const absl::Status written = WriteAnimation(path_, model, 30, states, last);
    EXPECT_TRUE(written.ok()) << written;
    return DecodeApng(ReadFile(path_, 1 << 24).value());
  }

  // Pixels that are a blue, as points are and axes are not.
  static int Blue(const std::vector<uint32_t>& pixels) {
    int count = 0;
    for (const uint32_t pixel : pixels) {
      count += (pixel & 255) > (pixel >> 16) + 60;
    }
    return count;
  }
  static int Count(const std::vector<uint32_t>& pixels, uint32_t color) {
    int count = 0;
    for (const uint32_t pixel : pixels) count += pixel == color;
    return count;
  }

  TempFolder folder_;
  const std::string path_ = folder_ / "moving.png";
};

TEST_F(WriteAnimationTest, EndsWithTheSamplesAndHoldsThem) {
  const Rows near = {.dim = 2, .values = {0, 0, 1, 1}};
  const Rows nearer = {.dim = 2, .values = {0.2f, 0, 0.9f, 1}};
  // What is said to be after the last step is the samples.
  const AnimatedPicture picture =
      Write(Model({2}), {near, nearer, near}, nearer);
  ASSERT_EQ(picture.frames.size(), 3u);
  EXPECT_EQ(picture.frames[0].milliseconds, 80);
  EXPECT_EQ(picture.frames[1].milliseconds, 80);
  EXPECT_EQ(picture.frames[2].milliseconds, 2000);
  EXPECT_NE(picture.frames[0].pixels, picture.frames[1].pixels);
  EXPECT_NE(picture.frames[1].pixels, picture.frames[2].pixels) << "the title";
}

TEST_F(WriteAnimationTest, AxesStayWherePointsComeFromFarAway) {
  const Rows last = {.dim = 2, .values = {0, 0, 1, 1}};
  const Rows far = {.dim = 2, .values = {100, 0, 0.5f, 0.5f}};
  const AnimatedPicture picture = Write(Model({2}), {far, last}, last);
  const int one = Blue(picture.frames[0].pixels);
  EXPECT_GT(one, 20);
  EXPECT_NEAR(Blue(picture.frames[1].pixels), 2 * one, one / 4);
  // Between frames of the same rows only the title changes.
  EXPECT_LT(picture.frames[2].height, 40);
}

TEST_F(WriteAnimationTest, GraysAreTheDatasWhereItIsWiderThanTheFrame) {
  ModelInfo model = Model({1, 4});
  model.data.min = 0.0;
  model.data.max = 1.0;
  const Rows last = {.dim = 4, .values = {0, 0.2f, 0.4f, 1}};
  const Rows wide = {.dim = 4, .values = {-9, 0, 1, 11}};
  const AnimatedPicture picture = Write(model, {wide, last}, last);
  const std::vector<uint32_t>&first = picture.frames[0].pixels,
        &second = picture.frames[1].pixels;
  // (0 + 9) / 20 and (1 + 9) / 20 of white; then 0.2 and 0.4 of it.
  for (const uint32_t gray : {0x737373u, 0x808080u}) {
    EXPECT_GT(Count(first, gray), 1000) << std::hex << gray;
  }
  for (const uint32_t gray : {0x333333u, 0x666666u}) {
    EXPECT_GT(Count(second, gray), 1000) << std::hex << gray;
  }
}

TEST_F(WriteAnimationTest, ARowOfAnySizeHasRoomForTheTitle) {
  for (const int64_t side : {1, 8, 28, 64}) {
    const Rows image = {.dim = side * side,
                        .values = std::vector<float>(side * side, 0.5f)};
    const AnimatedPicture picture =
        Write(Model({side, side}), {image, image}, image);
    ASSERT_EQ(picture.frames.size(), 3u);
    EXPECT_GT(picture.width, 600);
    EXPECT_LT(picture.width, 750);
  }
}

}  // namespace
}  // namespace scoreserve::ctl
