#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "models/io/model_config.h"
#include "models/processes/noise_process.h"
#include "models/status.h"

namespace scoreserve {
namespace {

std::shared_ptr<const NoiseProcess> New(const std::string& name,
                                        OptionValues options = {}) {
  return std::move(NewProcess({.name = name, .options = std::move(options)}))
      .value();
}

void ExpectGolden(double value, double golden, const std::string& what) {
  EXPECT_NEAR(value, golden, 1e-9 * std::abs(golden)) << what;
}

struct Golden {
  const char* name;
  double alpha, sigma, ratio, drift, squared_diffusion, time_of_one;
};

// At t = 0.3, and the time at which σ/α is 1; default options.
constexpr Golden kGolden[] = {
    {"vp", .62955000034, .77695997135, 1.2341513318, -3.035, 6.07,
     .25896026243},
    {"subvp", .62955000034, .60366679708, .95888618339, -3.035, 5.116524353,
     .30602349899},
    {"ve", 1.0, .12873332935, .12873332935, 0.0, .2822984519, .54069105661},
    {"rve", 1.0, 49.987378392, 49.987378392, 0.0, 6.0080136657,
     2.7657268937e-05},
};

TEST(ProcessListTest, EveryProcessHasGoldenValues) {
  ASSERT_EQ(ProcessKinds().size(), std::size(kGolden));
  for (const Golden& golden : kGolden) {
    const auto process = New(golden.name);
    const Level level = process->At(0.3);
    ExpectGolden(level.alpha, golden.alpha, golden.name);
    ExpectGolden(level.sigma, golden.sigma, golden.name);
    ExpectGolden(level.ratio(), golden.ratio, golden.name);
    ExpectGolden(process->Drift(0.3), golden.drift, golden.name);
    ExpectGolden(process->SquaredDiffusion(0.3), golden.squared_diffusion,
                 golden.name);
    ExpectGolden(process->TimeOf(1.0), golden.time_of_one, golden.name);
  }
}

TEST(ProcessListTest, VariancePreservingLevelsAreThePublishedOnes) {
  const auto vp = New("vp");
  const std::vector<std::vector<double>> rows = {
      {1e-5, .9999994995, .0010004971},
      {1e-3, .9999450265, .0104854163},
      {.1, .9467217988, .3220525355},
      {.5, .2811828808, .9596542021},
      {1, .0065715865, .9999784069}};
  for (const auto& row : rows) {
    EXPECT_NEAR(vp->Alpha(row[0]), row[1], 6e-11);
    EXPECT_NEAR(vp->Sigma(row[0]), row[2], 6e-11);
  }
}

TEST(ProcessListTest, TheTimeOfARatioLeadsBackToIt) {
  for (const ProcessKind& kind : ProcessKinds()) {
    const auto process = New(kind.name);
    const double last = process->At(1.0).ratio();
    for (const double part : {1e-4, 1e-2, 0.3, 0.9, 1.0}) {
      const double ratio = part * last;
      const double time = process->TimeOf(ratio);
      EXPECT_NEAR(process->At(time).ratio(), ratio, 1e-9 * ratio)
          << kind.name << " at " << time;
      const Level level = process->AtRatio(ratio);
      EXPECT_DOUBLE_EQ(level.sigma, level.alpha * ratio) << kind.name;
    }
  }
}

TEST(ProcessListTest, NoiseRisesWithTimeFromCleanData) {
  for (const ProcessKind& kind : ProcessKinds()) {
    const auto process = New(kind.name);
    double last = process->Sigma(0.0);
    EXPECT_LE(last, 0.01) << kind.name;
    EXPECT_EQ(process->Alpha(0.0), 1.0) << kind.name;
    for (int i = 1; i <= 100; ++i) {
      const double sigma = process->Sigma(0.01 * i);
      EXPECT_GT(sigma, last) << kind.name;
      last = sigma;
    }
  }
}

// The marginals solve dα/dt = fα and dσ²/dt = 2fσ² + g².
TEST(ProcessListTest, DriftAndDiffusionGiveTheMarginals) {
  for (const ProcessKind& kind : ProcessKinds()) {
    const auto process = New(kind.name);
    const std::vector<double> times = kind.name == "rve"
                                          ? std::vector{2e-5, 1e-4, 0.01}
                                          : std::vector{0.05, 0.3, 0.8};
    for (const double t : times) {
      const double h = 1e-4 * t;
      const auto slope = [&](auto of) {
        return (of(t + h) - of(t - h)) / (2.0 * h);
      };
      const double alpha = slope([&](double s) { return process->Alpha(s); });
      const double variance = slope([&](double s) {
        const double sigma = process->Sigma(s);
        return sigma * sigma;
      });
      const double f = process->Drift(t), sigma = process->Sigma(t);
      const double g2 = process->SquaredDiffusion(t);
      EXPECT_NEAR(alpha, f * process->Alpha(t), 1e-6) << kind.name << " " << t;
      EXPECT_NEAR(variance, 2.0 * f * sigma * sigma + g2, 1e-6 * g2)
          << kind.name << " " << t;
    }
  }
}

TEST(ProcessListTest, TheReciprocalProcessHasThePublishedLevels) {
  const auto rve = New("rve");
  EXPECT_NEAR(rve->Sigma(1e-5), 1e-3, 1e-12);
  EXPECT_NEAR(rve->Sigma(2e-5), .2236189, 1e-7);
  EXPECT_NEAR(rve->Sigma(1e-4), 16.94788, 1e-5);
  EXPECT_NEAR(rve->Sigma(.01), 49.46727, 1e-5);
  EXPECT_EQ(rve->Sigma(1.0), 50.0);
}

TEST(ProcessListTest, RefusesOptionsByNameRuleAndValue) {
  const auto refused = [](const std::string& name, OptionValues options) {
    return std::string(NewProcess({.name = name, .options = std::move(options)})
                           .status()
                           .message());
  };
  EXPECT_EQ(refused("vp", {{"beta_max", 0.05}}),
            "process_options.beta_max must be at least beta_min, 0.1; was "
            "0.05");
  EXPECT_EQ(refused("subvp", {{"beta_min", 0.0}}),
            "process_options.beta_min must be more than 0; was 0");
  EXPECT_EQ(refused("ve", {{"sigma_max", 0.001}}),
            "process_options.sigma_max must be more than sigma_min, 0.01; was "
            "0.001");
  EXPECT_EQ(refused("rve", {{"sigma_max", 0.0001}}),
            "process_options.sigma_max must be more than sigma_min, 0.001; "
            "was 0.0001");
  EXPECT_EQ(refused("brownian", {}),
            "there is no process 'brownian'; there are: rve, subvp, ve, vp");
}

TEST(ProcessListTest, ALabelNamesItsProcess) {
  ModelConfig config;
  EXPECT_EQ(ProcessOf(config).value(), nullptr);

  config.label = {.kind = LabelKind::kNoiseLevel, .min = 0.02, .max = 50.0};
  const auto ve = ProcessOf(config).value();
  EXPECT_DOUBLE_EQ(ve->Sigma(0.0), 0.02);
  EXPECT_DOUBLE_EQ(ve->Sigma(1.0), 50.0);
  config.label.min = 0.0;
  EXPECT_DOUBLE_EQ(ProcessOf(config).value()->Sigma(0.0), 5e-4);

  config.label = {.kind = LabelKind::kTime, .min = 0.0, .max = 1.0};
  EXPECT_EQ(FieldOf(ProcessOf(config).status()), "process");
  config.process = ProcessConfig{.name = "subvp", .options = {}};
  EXPECT_FALSE(ProcessOf(config).value()->has_increments());
  config.label.max = 1.5;
  EXPECT_EQ(FieldOf(ProcessOf(config).status()), "label.max");
}

}  // namespace
}  // namespace scoreserve
