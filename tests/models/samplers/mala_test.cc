#include "models/samplers/mala.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>
#include <string>

#include "gtest/gtest.h"
#include "models/samplers/metropolis.h"
#include "tests/models/samplers/diffusion_testing.h"

namespace scoreserve {
namespace {

// ½N(−1.5, ¼) + ½N(1.5, ¼), up to a constant of the energy.
double Score(double x) { return (-x + 1.5 * std::tanh(6.0 * x)) / 0.25; }
double Energy(double x) { return 2.0 * x * x - std::log(std::cosh(6.0 * x)); }

struct Proposal {
  double x, log_acceptance;
};

// From y with noise z, by the coefficients of the table.
Proposal Propose(double y, double z, double h) {
  const Step step = MalaSteps({.step_size = h}).At(1);
  const double s = Score(y), x = step.xx * y + step.xs * s + step.xz * z;
  const double t = Score(x);
  return {x, LogAcceptance(Energy(y) - Energy(x), (x - y) * (s + t),
                           s * s - t * t, step.parameter)};
}

TEST(MalaTest, ProposalsAndAcceptancesAreThePublishedOnes) {
  const Proposal downhill = Propose(1.0, 0.3, 0.1);
  ExpectGolden(downhill.x, 1.3341567056);
  ExpectGolden(downhill.log_acceptance, .08899758151);
  const Proposal uphill = Propose(-0.3, -1.2, 0.02);
  ExpectGolden(uphill.x, -.62961672154);
  ExpectGolden(uphill.log_acceptance, .067203673146);
}

// On N(0, 1): 1 − (2/π) atan √(h³/8), by quadrature over y and z.
TEST(MalaTest, MeanAcceptanceOnAGaussianIsTheClosedForm) {
  const double h = 0.5, width = 0.01;
  double mean = 0.0;
  for (double y = -6.0; y < 6.0; y += width) {
    for (double z = -6.0; z < 6.0; z += width) {
      const double x = y - h * y + std::sqrt(2.0 * h) * z;
      const double log_a = LogAcceptance(0.5 * (y * y - x * x),
                                         (x - y) * (-y - x), y * y - x * x, h);
      mean += std::exp(std::min(0.0, log_a) - 0.5 * (y * y + z * z));
    }
  }
  mean *= width * width / (2.0 * std::numbers::pi);
  const double closed =
      1.0 - 2.0 / std::numbers::pi * std::atan(std::sqrt(h * h * h / 8.0));
  ExpectGolden(closed, .92083315168);
  EXPECT_NEAR(mean, closed, 1e-5);
}

// p(y) q(x|y) A(x|y) is symmetric, so p stays.
TEST(MalaTest, AcceptancesBalanceInDetail) {
  const double h = 0.07;
  const auto log_flow = [h](double y, double x) {
    const double s = Score(y), t = Score(x), z = x - y - h * s;
    const double log_a = LogAcceptance(Energy(y) - Energy(x), (x - y) * (s + t),
                                       s * s - t * t, h);
    return -Energy(y) - z * z / (4.0 * h) + std::min(0.0, log_a);
  };
  for (const double y : {-2.0, -0.1, 0.4, 1.3}) {
    for (const double x : {-1.4, 0.2, 1.9}) {
      EXPECT_NEAR(log_flow(y, x), log_flow(x, y), 1e-12);
    }
  }
}

TEST(MalaTest, IsOneEvaluationMoreThanTestsAndEndsWithATestAlone) {
  const StepTable table = MalaSteps({.step_size = 0.1, .num_steps = 5});
  ASSERT_EQ(table.num_steps(), 6);
  EXPECT_TRUE(table.has_metropolis());
  for (int64_t i = 0; i < 6; ++i) {
    EXPECT_EQ(table.At(i).kind, StepKind::kMetropolis);
    EXPECT_EQ(table.At(i).parameter, 0.1);
    EXPECT_EQ(table.At(i).xs, i < 5 ? 0.1 : 0.0);
    EXPECT_EQ(table.At(i).xz, i < 5 ? std::sqrt(0.2) : 0.0);
  }
}

// One row of one coordinate between visits.
struct Chain {
  float x = 0.5f, y = 0.25f, held_score = 1.0f, score = -1.0f;
  double held_energy = 1.0, energy = 1.0;
  bool Test(double h = 0.1) {
    RowStep step;
    step.kind = StepKind::kMetropolis;
    step.parameter = static_cast<float>(h);
    return MetropolisTest(step, {.dim = 1,
                                 .x = &x,
                                 .y = &y,
                                 .held_score = &held_score,
                                 .held_energy = &held_energy,
                                 .score = &score,
                                 .energy = energy});
  }
};

TEST(MalaTest, TheStartIsAccepted) {
  Chain chain;
  chain.held_energy = kNoEnergy;
  EXPECT_TRUE(chain.Test());
  EXPECT_EQ(chain.y, 0.5f);
  EXPECT_EQ(chain.held_energy, 1.0);
  EXPECT_EQ(chain.held_score, -1.0f);
}

TEST(MalaTest, AProposalThatIsNotFiniteIsRejected) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  for (int broken = 0; broken < 3; ++broken) {
    Chain chain;
    if (broken == 0) chain.energy = std::numeric_limits<double>::infinity();
    if (broken == 1) chain.energy = nan;
    if (broken == 2) chain.score = nan;
    EXPECT_FALSE(chain.Test());
    EXPECT_EQ(chain.x, 0.25f);
    EXPECT_EQ(chain.score, 1.0f);
    EXPECT_EQ(chain.held_energy, 1.0);
  }
}

TEST(MalaTest, AHopelessProposalIsRejectedAndACertainOneAccepted) {
  Chain worse;
  worse.energy = 1e6;
  EXPECT_FALSE(worse.Test());
  EXPECT_EQ(worse.x, worse.y);
  Chain better;
  better.energy = -1e6;
  EXPECT_TRUE(better.Test());
  EXPECT_EQ(better.y, 0.5f);
}

TEST(MalaTest, NeedsANetworkWithAnEnergy) {
  const OptionValues values = {{"step_size", 0.1}};
  EXPECT_EQ(ReasonOf(MalaSampler().plan(values, {}).status()),
            Reason::kUnsuitableModel);
  EXPECT_TRUE(MalaSampler().plan(values, {.has_energy = true}).ok());
  EXPECT_EQ(FieldOf(MalaSampler().plan({}, {.has_energy = true}).status()),
            "step_size");
  EXPECT_EQ(MalaSampler()
                .plan({{"step_size", 0.0}}, {.has_energy = true})
                .status()
                .message(),
            "step_size must be more than 0; was 0");
}

}  // namespace
}  // namespace scoreserve
