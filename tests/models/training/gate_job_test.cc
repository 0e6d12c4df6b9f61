// The gate's error rates with the differences that a real job makes, which are
// not normal: noised sliced score matching of digits whose grey levels are
// turned round, from the version that serves digits.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "models/io/model_repository.h"
#include "models/networks/score_network.h"
#include "models/objectives/objective.h"
#include "models/samplers/noise.h"
#include "models/training/data_set.h"
#include "models/training/example_buffer.h"
#include "models/training/gate.h"
#include "models/training/row_losses.h"
#include "models/training/trainer.h"
#include "tests/support/one_thread.h"

namespace scoreserve {
namespace {

// Losses of the same held-out rows: of the version that the job began with, and
// of two that it made.
struct Versions {
  std::vector<double> start = {}, first = {}, second = {};
};

ConditionedRows Negatives(const DataSpace& space) {
  DataOptions options = {.path = SCORESERVE_TEST_DATA "/digits.csv.gz",
                         .end_column = 64,
                         .hold_out_every = 0,
                         .offset = space.offset,
                         .scale = space.scale};
  DataSet digits = *ReadDataSet(options);
  for (float& value : digits.training.values) value = 16.0f - value;
  return {.x = ToModelSpace(digits.training, space)};
}

Versions RunJob() {
  const ModelFiles files = *ModelRepository(SCORESERVE_ZOO).Read("digits", 1);
  ExampleBuffer buffer({.hold_out_share = 0.4}, /*seed=*/1, 64, false);
  buffer.Add(Negatives(files.config.data));
  const auto objective = *NewObjective("sliced", {}, files.config);
  const RowLosses losses(*objective, RowNoise(), /*seed=*/2);
  const HoldOut held_out = buffer.Newest(kGateRows);
  const auto of = [&](const ScoreNetwork& network) {
    Workspace workspace;
    std::vector<double> all;
    for (int64_t row = 0; row < held_out.rows.size(); row += 64) {
      const int64_t count = std::min<int64_t>(64, held_out.rows.size() - row);
      for (const double loss :
           losses.Of(network, held_out.rows.Range(row, count),
                     held_out.first_ordinal + row, workspace)) {
        all.push_back(loss);
      }
    }
    return all;
  };
  const auto trainer =
      *Trainer::New(files.config, *NewObjective("sliced", {}, files.config),
                    {.batch = 64,
                     .micro_batch = 32,
                     .learning_rate = 1e-3,
                     .warm_up = 10,
                     .steps = 0},
                    /*seed=*/1, &files.arrays);
  const auto train = [&](int steps) {
    for (int k = 0; k < steps; ++k) {
      ASSERT_TRUE(trainer->Step(buffer.training()).ok());
    }
  };
  Versions versions = {.start = of(trainer->averaged())};
  train(60);
  versions.first = of(trainer->averaged());
  train(15);
  versions.second = of(trainer->averaged());
  return versions;
}

class GateJobTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { versions_ = new Versions(RunJob()); }
  static void TearDownTestSuite() { delete versions_; }

  // Of a thousand checks, each of fresh rows drawn from the recorded
  // differences or from minus those, how many exceed where the true mean is
  // `improvement` standard errors.
  static int OfAThousand(int64_t rows, double sign, double improvement) {
    std::vector<double> differences;
    double mean = 0.0, variance = 0.0;
    const auto count = static_cast<double>(versions_->first.size());
    for (size_t i = 0; i < versions_->first.size(); ++i) {
      differences.push_back(sign *
                            (versions_->first[i] - versions_->second[i]));
      mean += differences.back() / count;
    }
    for (double& difference : differences) {
      difference -= mean;
      variance += difference * difference / count;
    }
    const double shift =
        improvement * std::sqrt(variance / static_cast<double>(rows));
    const std::vector<double> zeros(static_cast<size_t>(rows));
    std::vector<double> reference(static_cast<size_t>(rows));
    int exceed = 0;
    for (uint32_t check = 0; check < 1000; ++check) {
      FillUniforms({.seed = 3, .step = check, .row = 0}, Purpose::kUser, 1,
                   rows, reference.data());
      for (double& draw : reference) {
        draw = differences[static_cast<size_t>(draw * count)] + shift;
      }
      exceed += Compare(reference, zeros).Exceeds() ? 1 : 0;
    }
    std::printf("%d of 1,000 at %d rows, %.0f standard errors\n", exceed,
                static_cast<int>(rows), improvement);
    return exceed;
  }

  inline static const Versions* versions_ = nullptr;
};

TEST_F(GateJobTest, WhatTheJobLearnsIsPublished) {
  EXPECT_TRUE(Compare(versions_->start, versions_->first).Exceeds());
  EXPECT_FALSE(Compare(versions_->first, versions_->start).Exceeds());
}

TEST_F(GateJobTest, UnderTheNullFewPublish) {
  for (const double sign : {1.0, -1.0}) {  // They are skew.
    EXPECT_LE(OfAThousand(kGateRows, sign, 0.0), 10);
    EXPECT_LE(OfAThousand(kMinGateRows, sign, 0.0), 20);
  }
}

TEST_F(GateJobTest, AnImprovementOfSixStandardErrorsIsPublished) {
  for (const double sign : {1.0, -1.0}) {
    EXPECT_GE(OfAThousand(kGateRows, sign, 6.0), 980);
    EXPECT_GE(OfAThousand(kMinGateRows, sign, 6.0), 960);
  }
}

}  // namespace
}  // namespace scoreserve
