// What a run says about its chains is what they are.

#include <array>
#include <cmath>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "ATen/ops/empty.h"
#include "ATen/ops/zeros.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/diagnostics/projections.h"
#include "models/samplers/metropolis.h"
#include "models/samplers/move_rows.h"
#include "tests/server/engine/chains.h"

namespace scoreserve {
namespace {

using ::testing::IsEmpty;

constexpr int64_t kDim = 2;

// Means over all draws, and counts of tests, of a run without an engine.
struct Counted {
  int64_t tests = 0, accepted = 0;
  double score_norm = 0.0, energy = 0.0;
  std::array<double, Projections::kNumber> along = {};
};

Counted CountAlone(const SampleRequest& request) {
  const SamplerPlan& plan = *request.plan;
  const int64_t rows = request.rows;
  const bool tests = plan.table.has_metropolis();
  const at::Tensor x = at::empty({rows, kDim}), y = at::zeros({rows, kDim});
  const NoiseKey start = {.seed = request.seed};
  FillNormals(start, Purpose::kStart, rows, kDim, x.data_ptr<float>());
  FillNormals(start, Purpose::kCompanion, rows, kDim, y.data_ptr<float>());
  std::vector<float> held(rows * kDim), scratch;
  std::vector<double> held_energy(rows, kNoEnergy);
  std::vector<uint8_t> accepted(rows);
  const Projections projections(kDim);
  Counted counted;
  const double draws =
      static_cast<double>(rows) * static_cast<double>(plan.table.num_steps());
  for (int64_t step = 0; step < plan.table.num_steps(); ++step) {
    Workspace workspace;
    const ScoreAndEnergy both =
        request.model->network->ScoreWithEnergy({.x = x}, workspace);
    std::vector<RowStep> steps;
    for (int64_t row = 0; row < rows; ++row) {
      steps.push_back(
          ToRowStep(plan.table.At(step), {.seed = request.seed,
                                          .step = static_cast<uint32_t>(step),
                                          .row = static_cast<uint32_t>(row)}));
    }
    float* score = both.score.data_ptr<float>();
    const double* energy = both.energy.data_ptr<double>();
    MoveRows({.dim = kDim,
              .steps = absl::MakeSpan(steps),
              .score = score,
              .x = x.data_ptr<float>(),
              .y = y.data_ptr<float>(),
              .held_score = held.data(),
              .held_energy = held_energy.data(),
              .energy = energy,
              .accepted = accepted.data()},
             scratch);
    for (int64_t row = 0; row < rows; ++row) {
      const float* s = (tests ? held.data() : score) + row * kDim;
      counted.score_norm += std::hypot(s[0], s[1]) / draws;
      counted.energy += (tests ? held_energy[row] : energy[row]) / draws;
      const float* at = (tests ? y : x).data_ptr<float>() + row * kDim;
      for (int j = 0; j < Projections::kNumber; ++j) {
        counted.along[j] += projections.Of(at)[j] / draws;
      }
      if (!tests || step == 0) continue;
      ++counted.tests;
      counted.accepted += accepted[row];
    }
  }
  return counted;
}

class DiagnosticsTest : public testing::TestWithParam<std::string> {};

TEST_P(DiagnosticsTest, MeansAndAcceptanceAreThoseOfTheChains) {
  const auto model = Snapshot(TwoHills(kDim, 1.5f));
  const SampleRequest request =
      ChainRequest(model, GetParam(), /*step_size=*/0.6, 300, /*rows=*/7);
  const Counted want = CountAlone(request);
  const auto run =
      Diagnosed(ChainRequest(model, GetParam(), 0.6, 300, /*rows=*/7));
  const ChainSummary summary = run->summaries().back();
  EXPECT_EQ(summary.chains, 7);
  EXPECT_EQ(summary.steps, request.plan->table.num_steps());
  EXPECT_EQ(run->last_step(), request.plan->table.num_steps());
  ASSERT_EQ(summary.mixing.size(), 10u);
  EXPECT_NEAR(summary.mixing[0].mean, want.score_norm, 1e-6);
  EXPECT_NEAR(summary.mixing[1].mean, want.energy, 1e-6);
  for (int j = 0; j < Projections::kNumber; ++j) {
    EXPECT_NEAR(summary.mixing[2 + j].mean, want.along[j], 1e-6);
  }
  EXPECT_EQ(summary.acceptance_rate.has_value(), GetParam() == "mala");
  if (!summary.acceptance_rate.has_value()) return;
  EXPECT_GT(want.accepted, 0);
  EXPECT_LT(want.accepted, want.tests);
  EXPECT_DOUBLE_EQ(*summary.acceptance_rate,
                   static_cast<double>(want.accepted) / want.tests);
}

TEST_P(DiagnosticsTest, RowsAreWhatTheyAreWithout) {
  for (const ModelFiles& files : {TwoHills(kDim, 1.0f), MlpFiles(kDim)}) {
    const auto model = Snapshot(files);
    if (GetParam() == "mala" && !model->target.has_energy) continue;
    const auto request = [&] {
      return ChainRequest(model, GetParam(), 0.01, 100, /*rows=*/40);
    };
    const auto without = RunAlone(request());
    EXPECT_THAT(without->summaries(), IsEmpty());
    const auto with = Diagnosed(request());
    EXPECT_EQ(with->samples(), without->samples());
    EXPECT_EQ(with->summaries().back().mixing.size(),
              model->target.has_energy ? 10u : 9u);
  }
}

// Forty rows in a lane of twelve: blocks of four, parked and taken up again.
TEST_P(DiagnosticsTest, ARunThatStopsEarlyIsTheShorterRun) {
  constexpr int64_t kSteps = 100'000;
  const auto model = Snapshot(GaussianFiles(kDim, 1.0f), 16);
  for (const int64_t rows : {3, 40}) {
    const auto stopped =
        Diagnosed(ChainRequest(model, GetParam(), 0.5, kSteps, rows),
                  {.burn_in = 30, .stop_at_r_hat = 1.05});
    const int64_t last = stopped->last_step();
    EXPECT_GE(last, 30 + ChainDiagnostics::kMinSteps);
    ASSERT_LT(last, kSteps / 10);
    EXPECT_EQ(stopped->summaries().back().steps, last - 30);
    // The last of MALA's steps only tests.
    const int64_t steps = GetParam() == "mala" ? last - 1 : last;
    const auto shorter =
        RunAlone(ChainRequest(model, GetParam(), 0.5, steps, rows));
    EXPECT_EQ(stopped->samples(), shorter->samples());
  }
}

TEST_P(DiagnosticsTest, WhatGoesOnFromStatesIsObservedFromThereOn) {
  const auto model = Snapshot(GaussianFiles(kDim, 1.0f));
  const auto request = [&] {
    return ChainRequest(model, GetParam(), 0.5, 300, 4);
  };
  std::vector<BlockState> states;
  {
    LoopHarness harness;
    TestSampleSink sink;
    SampleRequest begun = request();
    begun.stop_at = harness.clock().Now() + std::chrono::milliseconds(1);
    begun.sink = &sink;
    ASSERT_TRUE(harness.loop().inbox().Offer(std::move(begun)).ok());
    for (int round = 0; round < 100; ++round) harness.Round();
    harness.clock().Advance(std::chrono::milliseconds(1));
    harness.Round();
    states = sink.newest();
  }
  ASSERT_EQ(states.at(0).step, 100);
  const auto whole = RunAlone(request());
  SampleRequest rest = request();
  const int64_t steps = rest.plan->table.num_steps();
  rest.resume_from = states;
  const auto resumed = Diagnosed(std::move(rest), {.burn_in = 50});
  EXPECT_EQ(resumed->samples(), whole->samples());
  EXPECT_EQ(resumed->summaries().back().steps, steps - 100);
}

TEST_P(DiagnosticsTest, AnotherDeviceShowsTheSame) {
  const auto model = Snapshot(TwoHills(kDim, 1.5f));
  const auto request = [&] {
    return ChainRequest(model, GetParam(), 0.1, 200, 5);
  };
  const auto here = Diagnosed(request());
  const auto there = Diagnosed(request(), {}, NewTorchDevice(at::kCPU));
  const ChainSummary &a = here->summaries().back(),
                     &b = there->summaries().back();
  ASSERT_EQ(a.mixing.size(), b.mixing.size());
  for (size_t q = 0; q < a.mixing.size(); ++q) {
    EXPECT_NEAR(a.mixing[q].mean, b.mixing[q].mean, 1e-4);
    EXPECT_NEAR(a.mixing[q].split_r_hat, b.mixing[q].split_r_hat, 1e-3);
  }
}

INSTANTIATE_TEST_SUITE_P(Samplers, DiagnosticsTest,
                         testing::Values("langevin", "mala",
                                         "underdamped_langevin"),
                         [](const auto& info) { return info.param; });

TEST(DiagnosticsTest, LangevinsSampleSizeIsThatOfItsAutoregression) {
  // On N(0, I) each coordinate is an AR(1) with ρ = 1 − h.
  constexpr double kStep = 0.1, kRho = 1.0 - kStep;
  constexpr int64_t kRows = 48, kCount = 4096, kBurnIn = 200, kLength = 256;
  const auto run =
      Diagnosed(ChainRequest(Snapshot(GaussianFiles(8, 1.0f)), "langevin",
                             kStep, kCount + kBurnIn, kRows),
                {.burn_in = kBurnIn});
  const double long_run =
      (1.0 + kRho) / (1.0 - kRho) -
      2.0 * kRho * (1.0 - std::pow(kRho, kLength)) / (kLength * kStep * kStep);
  const double error = std::sqrt(2.0 / (kRows * kCount / kLength - 1.0));
  const ChainSummary& summary = run->summaries().back();
  ASSERT_EQ(summary.steps, kCount);
  for (int j = 0; j < Projections::kNumber; ++j) {
    const QuantityMixing& mixing = summary.mixing[2 + j];
    EXPECT_NEAR(mixing.effective_sample_size * long_run / (kRows * kCount), 1.0,
                4.0 * error)
        << mixing.quantity;
    // R̂² − 1 is what means of halves scatter more than W/n would have it.
    const double half_error = std::sqrt(2.0 / (2.0 * kRows - 1.0));
    EXPECT_NEAR((std::pow(mixing.split_r_hat, 2) - 1.0) * kCount / 2 + 1.0,
                (1.0 + kRho) / (1.0 - kRho), 4.0 * half_error * 19.0)
        << mixing.quantity;
  }
}

TEST(DiagnosticsTest, ChainsOnTwoHillsDoNotAgree) {
  constexpr float kHill = 12.0f;
  constexpr int64_t kRows = 16, kSteps = 2048;
  SampleRequest request = ChainRequest(Snapshot(TwoHills(kDim, kHill)),
                                       "langevin", 0.5, kSteps, kRows);
  for (int64_t row = 0; row < kRows; ++row) {
    request.start.push_back(row % 2 == 0 ? kHill : -kHill);
    request.start.push_back(0.0f);
  }
  const auto run = Diagnosed(std::move(request), {.stop_at_r_hat = 1.5});
  EXPECT_EQ(run->last_step(), kSteps);  // It does not stop.
  const std::array<double, Projections::kNumber> apart =
      Projections(kDim).Of(std::vector<float>{kHill, 0.0f}.data());
  // 32 halves, whose means are ±a; the variance of Langevin is 1/(1 − h/2).
  for (int j = 0; j < Projections::kNumber; ++j) {
    const double want =
        std::sqrt(1.0 + apart[j] * apart[j] * 32.0 / 31.0 * (1.0 - 0.25));
    EXPECT_NEAR(run->summaries().back().mixing[2 + j].split_r_hat / want, 1.0,
                0.05);
  }
}

TEST(DiagnosticsTest, ComeWithProgress) {
  SampleRequest request = ChainRequest(Snapshot(GaussianFiles(kDim, 1.0f)),
                                       "langevin", 0.1, 100, 4);
  request.progress_every = 20;
  const auto run = Diagnosed(std::move(request), {.burn_in = 10});
  std::vector<int64_t> steps;
  for (const ChainSummary& summary : run->summaries()) {
    steps.push_back(summary.steps);
  }
  EXPECT_THAT(steps, testing::ElementsAre(10, 30, 50, 70, 90, 90));
}

}  // namespace
}  // namespace scoreserve
