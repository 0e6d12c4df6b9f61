#include "models/samplers/advance_tensors.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "ATen/ops/empty.h"
#include "gtest/gtest.h"
#include "models/samplers/move_rows.h"
#include "models/samplers/noise.h"

namespace scoreserve {
namespace {

constexpr int64_t kDim = 13;

at::Tensor Normals(int64_t rows, uint64_t seed) {
  const at::Tensor tensor = at::empty({rows, kDim}, at::kFloat);
  FillNormals(NoiseKey{.seed = seed}, Purpose::kUser, rows, kDim,
              tensor.mutable_data_ptr<float>());
  return tensor;
}

// Langevin, a companion with noise, one without, a step without noise, one that
// leaves the companion alone.
std::vector<RowStep> AffineSteps() {
  std::vector<RowStep> steps = {
      {.xs = 0.01f, .xz = 0.14f},
      {.xy = 0.25f,
       .xs = 0.03f,
       .xz = 0.1f,
       .yy = 0.8f,
       .ys = 0.2f,
       .yz = 0.6f},
      {.xx = 0.9f, .xy = -0.3f, .xs = 0.5f, .yx = 0.2f, .yy = 0.0f, .ys = 1.5f},
      {.xx = 0.97f, .xs = 0.7f},
      {.xx = 1.01f, .xs = 0.2f, .xz = 0.3f}};
  for (size_t i = 0; i < steps.size(); ++i) {
    steps[i].noise = {
        .seed = 40 + i, .step = 7, .row = static_cast<uint32_t>(i)};
  }
  return steps;
}

// Moves the same rows by MoveRows() and by AdvanceTensors(), and holds every
// coordinate of x and y to `tolerance` of its magnitude.
void ExpectSame(std::vector<RowStep> steps, const at::Tensor& y,
                float tolerance) {
  const auto rows = static_cast<int64_t>(steps.size());
  const at::Tensor score = Normals(rows, 1), x = Normals(rows, 2);
  const at::Tensor tensor_x = x.clone();
  const at::Tensor tensor_y = y.defined() ? y.clone() : y;
  AdvanceTensors(steps, score, tensor_x, tensor_y);
  std::vector<float> scratch;
  MoveRows({.dim = kDim,
            .steps = absl::MakeSpan(steps),
            .score = score.mutable_data_ptr<float>(),
            .x = x.mutable_data_ptr<float>(),
            .y = y.defined() ? y.mutable_data_ptr<float>() : nullptr},
           scratch);
  const auto expect_near = [&](const at::Tensor& got, const at::Tensor& want) {
    const float* a = got.const_data_ptr<float>();
    const float* b = want.const_data_ptr<float>();
    for (int64_t i = 0; i < want.numel(); ++i) {
      if (std::isnan(b[i]) && std::isnan(a[i])) continue;
      ASSERT_LE(std::abs(a[i] - b[i]), tolerance * std::abs(b[i]))
          << "row " << i / kDim << " coordinate " << i % kDim;
    }
  };
  expect_near(tensor_x, x);
  if (y.defined()) expect_near(tensor_y, y);
}

TEST(AdvanceTensorsTest, AffineRowsComeOutTheSameToTheBit) {
  const std::vector<RowStep> steps = AffineSteps();
  ExpectSame(steps, Normals(static_cast<int64_t>(steps.size()), 3), 0.0f);
}

TEST(AdvanceTensorsTest, RowsWithoutCompanionsNeedNone) {
  std::vector<RowStep> steps = AffineSteps();
  steps.erase(steps.begin() + 1, steps.begin() + 3);
  ExpectSame(steps, {}, 0.0f);
}

TEST(AdvanceTensorsTest, ACompanionThatIsNotUsedIsNeitherReadNorWritten) {
  const std::vector<RowStep> steps = AffineSteps();
  const at::Tensor y = Normals(static_cast<int64_t>(steps.size()), 3);
  for (const int64_t row : {0, 3, 4}) {
    y.select(0, row).fill_(std::numeric_limits<double>::quiet_NaN());
  }
  const at::Tensor x = Normals(5, 2), used = y.clone();
  AdvanceTensors(steps, Normals(5, 1), x, used);
  for (int64_t i = 0; i < x.numel(); ++i) {
    EXPECT_TRUE(std::isfinite(x.const_data_ptr<float>()[i])) << i;
  }
  ExpectSame(steps, y, 0.0f);
  EXPECT_TRUE(std::isnan(used.const_data_ptr<float>()[0]));
}

TEST(AdvanceTensorsTest, ACorrectorTakesItsStepFromItsOwnNorms) {
  std::vector<RowStep> steps = AffineSteps();
  for (const size_t i : {0, 4}) {
    steps[i] = {.noise = steps[i].noise,
                .kind = StepKind::kCorrector,
                .parameter = 0.05f};
  }
  ExpectSame(steps, Normals(5, 3), 4 * std::numeric_limits<float>::epsilon());
}

TEST(AdvanceTensorsTest, ACorrectorWhoseScoreIsZeroStaysWhereItIs) {
  const std::vector<RowStep> steps = {
      {.kind = StepKind::kCorrector, .parameter = 0.05f}};
  const at::Tensor x = Normals(1, 2), before = x.clone();
  AdvanceTensors(steps, Normals(1, 1).zero_(), x, {});
  EXPECT_TRUE(x.equal(before));
}

}  // namespace
}  // namespace scoreserve
