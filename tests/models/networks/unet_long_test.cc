// What the U-Net learns of digits in 500 steps.

#include <cstdint>
#include <cstdio>
#include <utility>

#include "gtest/gtest.h"
#include "models/objectives/objective.h"
#include "models/quality/denoising_error.h"
#include "models/quality/gaussian_fit.h"
#include "models/training/data_set.h"
#include "models/training/trainer.h"
#include "tests/models/networks/network_testing.h"

namespace scoreserve {
namespace {

// At σ = 0.5 beside the best affine denoiser of the training rows, both on rows
// that neither has seen.
TEST(UnetLongTest, DenoisesHeldOutDigitsBetterThanAnyLinearDenoiser) {
  const DataSet digits =
      ReadDataSet({.path = SCORESERVE_TEST_DATA "/digits.csv.gz",
                   .end_column = 64,
                   .shape = {8, 8},
                   .hold_out_every = 5})
          .value();
  ModelConfig config = Config("unet", 1, kLevels, {{"channels", int64_t{16}}});
  config.data = digits.space;
  const at::Tensor rows = ToModelSpace(digits.training, digits.space);
  auto trainer = Trainer::New(
      config, std::move(NewObjective("denoising", {}, config)).value(),
      {.batch = 128, .steps = 500, .ema = 0.99}, /*seed=*/1);
  ASSERT_TRUE(trainer.ok()) << trainer.status();
  while ((*trainer)->steps_done() < 500) {
    ASSERT_TRUE((*trainer)->Step({.x = rows}).ok());
  }
  const DenoisingErrors errors = MeasureDenoising(
      (*trainer)->averaged(), TargetOf(config, false).value(),
      GaussianFit(rows), {.x = ToModelSpace(digits.hold_out, digits.space)},
      /*noise_level=*/0.5, /*seed=*/1);
  EXPECT_LT(errors.network, errors.affine);
  std::printf("%.4f beside %.4f\n", errors.network, errors.affine);
}

}  // namespace
}  // namespace scoreserve
