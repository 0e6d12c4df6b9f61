// The long tests' training, in small.

#include <cstdint>
#include <memory>

#include "gtest/gtest.h"
#include "models/status.h"
#include "tests/models/training/score_matching_testing.h"
#include "tests/support/one_thread.h"

namespace scoreserve {
namespace {

constexpr TrainerOptions kShort = {
    .batch = 256, .learning_rate = 5e-3, .steps = 400, .ema = 0.98};

TEST(ScoreMatchingTest, ScoreNetworkLearnsTwoModes) {
  const auto trainer = NewTrainer(
      "mlp", {{"width", int64_t{32}}, {"activation", std::string("softplus")}},
      1, "sliced", {}, kShort, 1);
  EXPECT_GT(TwoModes::LossOf(trainer->averaged()), -0.5);
  TrainFor(*trainer, 400, TwoModes::Rows(20'000, 7));
  EXPECT_LT(TwoModes::LossOf(trainer->averaged()), -1.5);
}

TEST(ScoreMatchingTest, EnergyNetworkLearnsTwoModesByFiniteDifferences) {
  const auto trainer =
      NewTrainer("energy_mlp", {{"width", int64_t{32}}}, 1, "fd_sliced",
                 {{"variance_reduction", false}}, kShort, 1);
  TrainFor(*trainer, 400, TwoModes::Rows(20'000, 7));
  EXPECT_LT(TwoModes::LossOf(trainer->averaged()), -1.5);
}

TEST(ScoreMatchingTest, RefusesReluUnderSecondDerivatives) {
  ModelConfig config;
  config.network = "mlp";
  config.network_options = {{"activation", std::string("relu")}};
  config.data.shape = {2};
  for (const char* objective : {"exact", "sliced"}) {
    const absl::Status status =
        Trainer::New(config, *NewObjective(objective, {}, config), {}, 1)
            .status();
    EXPECT_EQ(ReasonOf(status), Reason::kUnsuitableModel) << objective;
  }
  EXPECT_TRUE(
      Trainer::New(config,
                   *NewObjective("denoising", {{"noise_level", 0.1}}, config),
                   {}, 1)
          .ok());
}

}  // namespace
}  // namespace scoreserve
