// Which rows the objective shows a network: their levels, labels and classes.

#include <cmath>
#include <cstdint>
#include <memory>
#include <string>

#include "ATen/ops/equal.h"
#include "ATen/ops/full.h"
#include "ATen/ops/zeros.h"
#include "ATen/ops/zeros_like.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/networks/score_network.h"
#include "models/objectives/denoising.h"
#include "models/processes/noise_process.h"
#include "models/status.h"
#include "tests/models/objectives/objective_testing.h"

namespace scoreserve {
namespace {

ModelConfig Labelled(const LabelRule& label) {
  ModelConfig config;
  config.label = label;
  return config;
}

ModelConfig Timed(const std::string& process, OptionValues options = {}) {
  ModelConfig config = Labelled({LabelKind::kTime, 0.001, 1.0});
  config.process = ProcessConfig{.name = process, .options = options};
  return config;
}

// What a network is asked for in training, and its loss.
struct Asked {
  at::Tensor x, label, condition, losses;
};

Asked Ask(const Objective& objective, const ConditionedRows& rows,
          const NoiseKey& first = {.seed = 1}) {
  Asked asked;
  const FormulaNetwork network(rows.x.size(1), LabelKind::kTime,
                               [&asked](const ScoreInput& input) {
                                 asked.x = input.x;
                                 asked.label = input.label;
                                 asked.condition = input.condition;
                                 return at::zeros_like(input.x);
                               });
  Workspace workspace;
  asked.losses = objective.Losses(network, rows, first, workspace);
  return asked;
}

TEST(DenoisingTest, TimesHaveTheLawOfTheNoiseThatTheyStandFor) {
  // Row by row the noise that a network labelled by noise level is shown.
  const ConditionedRows rows = {.x = at::zeros({100, 2})};
  for (const char* name : {"vp", "subvp", "ve"}) {
    const ModelConfig config = Timed(name);
    const auto process = *ProcessOf(config);
    const ModelConfig noise =
        Labelled({LabelKind::kNoiseLevel, process->At(0.001).ratio(),
                  process->At(1.0).ratio()});
    const Asked timed = Ask(**NewObjective("denoising", {}, config), rows);
    const Asked plain = Ask(**NewObjective("denoising", {}, noise), rows);
    for (int64_t i = 0; i < rows.size(); ++i) {
      const Level level = process->At(timed.label[i].item<double>());
      const double u = plain.label[i].item<double>();
      EXPECT_NEAR(level.ratio() / u, 1.0, 1e-9) << name;
      // And the row is x₀ = 0 noised by σ, with the same noise.
      EXPECT_NEAR(timed.x[i][1].item<double>() / level.sigma,
                  plain.x[i][1].item<double>() / u, 1e-5)
          << name;
    }
  }
}

TEST(DenoisingTest, LossAtATimeIsThatOfTheNoiseThatItStandsFor) {
  // In x/α a process is the variance-exploding one: a score s there is s/α of
  // the process's own x, and the losses are the same.
  const at::Tensor x = Matrix(
      5, 4, [](double b, double d) { return std::cos(1 + 3 * b + d * d); });
  const at::Tensor z = Matrix(5, 4, [](double b, double d) {
    return std::cos(.5 + 1.7 * b + .9 * d * d);
  });
  const at::Tensor alpha = Vector(5, [](double b) { return 1 / (1 + b); });
  const at::Tensor noise = Vector(5, [](double b) { return .1 + 3 * b; });
  const auto score = [](const at::Tensor& scaled, const at::Tensor& u) {
    return scaled.sin().div(u.square().add(1.0).unsqueeze(1)).neg();
  };
  const FormulaNetwork plain(
      4, LabelKind::kNoiseLevel,
      [&](const ScoreInput& in) { return score(in.x, in.label); });
  // Its label is the index of its level.
  const FormulaNetwork timed(4, LabelKind::kTime, [&](const ScoreInput& in) {
    const at::Tensor row = in.label.to(at::kLong);
    const at::Tensor a = alpha.index_select(0, row).unsqueeze(1);
    return score(in.x.div(a), noise.index_select(0, row)).div(a);
  });
  Workspace workspace;
  for (const double power : {0.0, 2.0, 4.0}) {
    const at::Tensor expected = DenoisingLosses(
        plain, {.x = x}, LevelsOfNoise(noise), z, power, workspace);
    const at::Tensor losses =
        DenoisingLosses(timed, {.x = x},
                        {.alpha = alpha,
                         .sigma = alpha.mul(noise),
                         .label = Vector(5, [](double b) { return b; })},
                        z, power, workspace);
    EXPECT_LT(losses.div(expected).sub(1.0).abs().max().item<double>(), 1e-12);
  }
}

TEST(DenoisingTest, AFractionOfTheRowsIsTrainedWithoutItsClass) {
  const ConditionedRows rows = {.x = at::zeros({4000, 1}),
                                .condition = at::full({4000}, 3, at::kLong)};
  const auto objective =
      *NewObjective("denoising", {{"condition_dropout", 0.2}}, Timed("vp"));
  const at::Tensor condition = Ask(*objective, rows).condition;
  const auto dropped = condition.eq(kNoCondition).sum().item<int64_t>();
  EXPECT_EQ(condition.eq(3).sum().item<int64_t>(), 4000 - dropped);
  // 800 ± 4 standard deviations, √(4000 · 0.2 · 0.8).
  EXPECT_NEAR(static_cast<double>(dropped), 800.0, 4 * 25.3);
  // Which ones follows from the key; the rows themselves are left as they were.
  EXPECT_TRUE(at::equal(Ask(*objective, rows).condition, condition));
  EXPECT_FALSE(
      at::equal(Ask(*objective, rows, {.seed = 2}).condition, condition));
  EXPECT_TRUE(rows.condition.eq(3).all().item<bool>());
  EXPECT_FALSE(Ask(*objective, {.x = rows.x}).condition.defined());
}

TEST(DenoisingTest, EstimatesTheNoisedScore) {
  const auto objective = NewObjective(
      "denoising", {}, Labelled({LabelKind::kNoiseLevel, 0.01, 50.0}));
  EXPECT_EQ((*objective)->estimand(), Estimand::kNoised);
}

TEST(DenoisingTest, RefusesWhatTheNetworkCannotHave) {
  const auto refusal = [](const ModelConfig& config,
                          const OptionValues& options = {}) {
    return NewObjective("denoising", options, config).status();
  };
  EXPECT_EQ(refusal(Labelled({})).message(),
            "noise_level must be more than 0 for a network that takes no "
            "label; was 0");
  EXPECT_EQ(FieldOf(refusal(Labelled({LabelKind::kNoiseLevel, 0.01, 50.0}),
                            {{"noise_level", 60.0}})),
            "noise_level");
  EXPECT_EQ(FieldOf(refusal(Labelled({LabelKind::kNoiseLevel, 200.0, 300.0}))),
            "noise_level");
  EXPECT_EQ(FieldOf(refusal(Timed("ve"), {{"noise_level", 60.0}})),
            "noise_level");
  EXPECT_EQ(FieldOf(refusal(Timed("vp"), {{"condition_dropout", 1.5}})),
            "condition_dropout");
  EXPECT_EQ(FieldOf(refusal(Labelled({LabelKind::kTime, 0.0, 1.0}))),
            "process");
  EXPECT_THAT(std::string(NewObjective("slicing", {}, {}).status().message()),
              ::testing::StartsWith("there is no objective 'slicing'; there "
                                    "are: denoising, "));
}

}  // namespace
}  // namespace scoreserve
