#include "models/samplers/predictor_corrector.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "models/samplers/corrector.h"
#include "models/samplers/diffusion_steps.h"
#include "tests/models/samplers/diffusion_testing.h"

namespace scoreserve {
namespace {

constexpr double kX[] = {1.0, -2.0, 0.5}, kScore[] = {-1.0, 2.0, 0.5},
                 kZ[] = {0.3, -0.4, 1.2};

// Four steps down from time 0.5, each 0.1 wide.
SamplerPlan HalfWay(const char* process, const char* corrector) {
  return PlanOf(PredictorCorrectorSampler(),
                {{"num_steps", int64_t{4}},
                 {"grid", std::string("uniform")},
                 {"start_time", 0.5},
                 {"end_time", 0.1},
                 {"corrector", std::string(corrector)},
                 {"end", std::string("none")}},
                TimeTarget(process));
}

TEST(PredictorCorrectorTest, CorrectionsAreThePublishedOnes) {
  const struct {
    const char* name;
    double h, x[3], ald;
  } rows[] = {
      {"ve", .01648152381, {1.0379856616, -2.0396598663, .72610950352}, .0256},
      {"vp",
       .0066641338112,
       {1.0279703012, -2.032850979, .6418698068},
       .0190653967},
  };
  for (const auto& row : rows) {
    const Step step = HalfWay(row.name, "langevin").table.At(0);
    EXPECT_EQ(step.kind, StepKind::kCorrector);
    double noise = 0.0, score = 0.0;
    for (int k = 0; k < 3; ++k) {
      noise += kZ[k] * kZ[k];
      score += kScore[k] * kScore[k];
    }
    const double h = CorrectorStepSize(step.parameter, noise, score);
    ExpectGolden(h, row.h, row.name);
    for (int k = 0; k < 3; ++k) {
      ExpectGolden(kX[k] + h * kScore[k] + std::sqrt(2.0 * h) * kZ[k], row.x[k],
                   row.name);
    }
    // ald's h goes like the σ² of the level, ½ at time 0.5 of ve.
    const SamplerTarget target = TimeTarget(row.name);
    const Level from = target.process->At(0.5), to = target.process->At(0.4);
    const double a = std::pow(from.alpha / to.alpha, 2);
    const Step ald = HalfWay(row.name, "ald").table.At(0);
    EXPECT_EQ(ald.kind, StepKind::kAffine);
    EXPECT_NEAR(ald.xs, 2.0 * a * std::pow(0.16 * from.sigma, 2),
                1e-12 * ald.xs);
    ExpectGolden(ald.xs, row.ald, row.name);
    EXPECT_DOUBLE_EQ(ald.xz, std::sqrt(2.0 * ald.xs));
  }
}

TEST(PredictorCorrectorTest, TheKernelsStepIsThatOfItsOwnNoise) {
  RowStep step;
  step.kind = StepKind::kCorrector;
  step.parameter = 0.0512f;
  step.noise = {.seed = 3, .step = 4, .row = 5};
  std::vector<float> z(3), scratch;
  FillNormals(step.noise, Purpose::kStep, 1, 3, z.data());
  const float score[] = {-1.0f, 2.0f, 0.5f};
  ResolveCorrector(score, step, scratch);
  const double noise = z[0] * z[0] + z[1] * z[1] + z[2] * z[2];
  const double h = 0.0512 * noise / 5.25;
  EXPECT_NEAR(step.xs, h, 1e-6 * h);
  EXPECT_NEAR(step.xz, std::sqrt(2.0 * h), 1e-6);
}

TEST(PredictorCorrectorTest, AScoreThatIsZeroOrNotFiniteLeavesTheRow) {
  for (const float s : {0.0f, std::numeric_limits<float>::infinity(),
                        std::numeric_limits<float>::quiet_NaN()}) {
    RowStep step;
    step.kind = StepKind::kCorrector;
    step.parameter = 0.05f;
    std::vector<float> scratch;
    const float score[] = {s, s};
    ResolveCorrector(score, step, scratch);
    EXPECT_EQ(step.xs, 0.0f);
    EXPECT_EQ(step.xz, 0.0f);
  }
}

TEST(PredictorCorrectorTest, CorrectsAtEachLevelAndThenPredicts) {
  const SamplerTarget vp = TimeTarget("vp");
  for (const char* predictor :
       {"ancestral", "ddim", "euler_maruyama", "reverse_diffusion"}) {
    const SamplerPlan plan = PlanOf(PredictorCorrectorSampler(),
                                    {{"num_steps", int64_t{5}},
                                     {"corrector_steps", int64_t{2}},
                                     {"predictor", std::string(predictor)},
                                     {"end", std::string("denoise")}},
                                    vp);
    ASSERT_EQ(plan.table.num_steps(), 16) << predictor;
    EXPECT_FALSE(plan.table.has_companion());
    for (int64_t i = 0; i < 15; ++i) {
      const Step& step = plan.table.At(i);
      const bool corrects = i % 3 != 2;
      EXPECT_EQ(step.kind, corrects ? StepKind::kCorrector : StepKind::kAffine);
      EXPECT_EQ(step.label, plan.table.At(i - i % 3).label);
      const double end = corrects ? step.label : plan.table.At(i + 1).label;
      EXPECT_DOUBLE_EQ(step.end_sigma, vp.process->Sigma(end));
    }
    EXPECT_EQ(plan.table.At(15).end_sigma, 0.0);
  }
}

TEST(PredictorCorrectorTest, WithoutCorrectionsItIsThePredictor) {
  const SamplerTarget ve = TimeTarget("ve");
  const SamplerPlan plan =
      PlanOf(PredictorCorrectorSampler(),
             {{"num_steps", int64_t{5}}, {"corrector_steps", int64_t{0}}}, ve);
  ASSERT_EQ(plan.table.num_steps(), 5);
  const Level from = ve.process->At(plan.table.At(2).label);
  const Level to = ve.process->At(plan.table.At(3).label);
  const Step step = FirstOrderStep(from, to, 1.0);
  EXPECT_NEAR(plan.table.At(2).xs, step.xs, 1e-12 * step.xs);
  EXPECT_NEAR(plan.table.At(2).xz, step.xz, 1e-12 * step.xz);
}

TEST(PredictorCorrectorTest, TheDefaultEndSuitsEveryPredictor) {
  const SamplerTarget vp = TimeTarget("vp");
  for (const char* predictor :
       {"ancestral", "ddim", "euler_maruyama", "reverse_diffusion"}) {
    const SamplerPlan plan = PlanOf(PredictorCorrectorSampler(),
                                    {{"predictor", std::string(predictor)},
                                     {"corrector", std::string("ald")}},
                                    vp);
    // The last step adds no noise, so what is left of it is that of the
    // earliest level, σ² = 1e-4: 500 steps end near the data's variance.
    EXPECT_EQ(plan.table.num_steps(), 1000) << predictor;
    EXPECT_EQ(plan.table.At(999).xz, 0.0) << predictor;
    EXPECT_NEAR(EndVariance(plan, vp, 0.5), 0.5, 0.02) << predictor;
  }
}

TEST(PredictorCorrectorTest, RefusesWhatDoesNotFit) {
  ExpectGridRefusals(PredictorCorrectorSampler());
  const auto status = [](const char* process, const OptionValues& values) {
    return PredictorCorrectorSampler()
        .plan(values, TimeTarget(process))
        .status();
  };
  const OptionValues increments = {
      {"predictor", std::string("reverse_diffusion")},
      {"end", std::string("none")}};
  EXPECT_EQ(ReasonOf(status("subvp", increments)), Reason::kUnsuitableModel);
  EXPECT_TRUE(status("vp", increments).ok());
  EXPECT_EQ(FieldOf(status("vp", {{"predictor", std::string("heun")}})),
            "predictor");
  EXPECT_EQ(FieldOf(status("vp", {{"corrector", std::string("mala")}})),
            "corrector");
  EXPECT_EQ(FieldOf(status("vp", {{"snr", 0.0}})), "snr");
  EXPECT_EQ(FieldOf(status("vp", {{"predictor", std::string("euler_maruyama")},
                                  {"end", std::string("to_zero")}})),
            "end");
}

}  // namespace
}  // namespace scoreserve
