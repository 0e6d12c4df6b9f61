// Energies beside scores: what they are, and whom they ride along with.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <numbers>
#include <string>
#include <utility>
#include <vector>

#include "ATen/ops/from_blob.h"
#include "ATen/ops/log.h"
#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/networks/energy_network.h"
#include "models/samplers/noise.h"
#include "models/status.h"
#include "tests/server/engine/chains.h"
#include "tests/server/engine/loop_harness.h"

namespace scoreserve {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr int64_t kDim = 3;
constexpr float kHill = 1.5f;

using Model = std::shared_ptr<const ModelSnapshot>;

// Rows of standard normal numbers, and who waits for their scores.
struct Asked {
  std::vector<float> x;
  TestScoreSink sink;
};

std::unique_ptr<Asked> Ask(LoopHarness& harness, const Model& model,
                           int64_t rows, bool energy, uint64_t seed) {
  auto asked = std::make_unique<Asked>();
  asked->x.resize(rows * model->dim());
  FillNormals({.seed = seed}, Purpose::kUser, rows, model->dim(),
              asked->x.data());
  EXPECT_TRUE(harness.loop()
                  .inbox()
                  .Offer(ScoreQuery{.model = model,
                                    .x = asked->x,
                                    .labels = {},
                                    .energy = energy,
                                    .sink = &asked->sink,
                                    .ticket = {}})
                  .ok());
  return asked;
}

// −log of TwoHills' density at x, by the textbook.
double HillsEnergy(const float* x) {
  double common = 0.0;
  for (int64_t i = 1; i < kDim; ++i) common += 0.5 * x[i] * x[i];
  double density = 0.0;
  for (const double hill : {-kHill, kHill}) {
    density += 0.5 * std::exp(-0.5 * (x[0] - hill) * (x[0] - hill));
  }
  return common - std::log(density) +
         0.5 * kDim * std::log(2.0 * std::numbers::pi);
}

// In data space x is 1 + 2 x': the energy is that of x', the score half of its.
TEST(EnergiesTest, OfAMixtureAreExactInMixedBatchesBesideMala) {
  ModelFiles files = TwoHills(kDim, kHill);
  files.config.data.offset = 1.0;
  files.config.data.scale = 2.0;
  const Model model = Snapshot(files, /*max_batch_rows=*/32);
  const auto mala = [&] { return ChainRequest(model, "mala", 0.5, 40, 12); };
  LoopHarness harness;
  TestSampleSink chains;
  SampleRequest request = mala();
  request.sink = &chains;
  ASSERT_TRUE(harness.loop().inbox().Offer(std::move(request)).ok());
  std::vector<std::unique_ptr<Asked>> with, without;
  // 30 rows take more than one pass.
  for (const int64_t rows : {1, 3, 30, 2, 8, 30, 1}) {
    with.push_back(Ask(harness, model, rows, true, with.size()));
    without.push_back(Ask(harness, model, rows, false, without.size()));
    harness.Round();
    harness.Round();
  }
  harness.RunDry();
  for (size_t i = 0; i < with.size(); ++i) {
    const std::vector<float>& x = with[i]->x;
    const std::vector<double>& energies = with[i]->sink.energies();
    ASSERT_EQ(with[i]->sink.status(), absl::OkStatus());
    ASSERT_EQ(energies.size(), x.size() / kDim);
    for (size_t row = 0; row < energies.size(); ++row) {
      std::vector<float> in_model_space;
      for (size_t c = 0; c < kDim; ++c) {
        in_model_space.push_back((x[row * kDim + c] - 1.0f) * 0.5f);
      }
      EXPECT_NEAR(energies[row], HillsEnergy(in_model_space.data()), 1e-12);
    }
    EXPECT_EQ(with[i]->sink.scores(), without[i]->sink.scores());
    EXPECT_THAT(without[i]->sink.energies(), IsEmpty());
  }
  EXPECT_EQ(chains.samples(), RunAlone(mala())->samples());
}

TEST(EnergiesTest, RideAlongInThePassesOfMetropolisTests) {
  const Model model = Snapshot(TwoHills(kDim, kHill));
  LoopHarness harness;
  TestSampleSink chains;
  SampleRequest request = ChainRequest(model, "mala", 0.5, 20, 4);
  request.sink = &chains;
  const int64_t steps = request.plan->table.num_steps();
  ASSERT_TRUE(harness.loop().inbox().Offer(std::move(request)).ok());
  harness.Round();
  for (int64_t step = 1; step < steps; ++step) {
    const auto asked = Ask(harness, model, 2, true, step);
    harness.Round();
    EXPECT_TRUE(asked->sink.done());
  }
  EXPECT_TRUE(chains.done());
  EXPECT_EQ(harness.passes(), steps);
}

class EnergyNetworkTest : public testing::TestWithParam<std::string> {
 protected:
  static std::unique_ptr<Device> NewDeviceOfTest() {
    if (GetParam() == "plain") return NewTorchDevice(at::kCPU);
    return NewCpuDevice(1);
  }
};

// The device computes in inference mode, where nothing has a gradient.
TEST_P(EnergyNetworkTest, EnergiesAreItsOwnAndScoresTheirNegativeGradient) {
  const Model model = Snapshot(EnergyMlpFiles(kDim));
  LoopHarness harness(NewDeviceOfTest());
  const int64_t rows = 40;
  const auto asked = Ask(harness, model, rows, true, 1);
  const auto plain = Ask(harness, model, rows, false, 1);
  harness.RunDry();
  ASSERT_EQ(asked->sink.status(), absl::OkStatus());
  const auto energies_at = [&](std::vector<float> x) {
    Workspace workspace;
    const at::Tensor energy =
        model->network
            ->Energy({.x = at::from_blob(x.data(), {rows, kDim})}, workspace)
            .contiguous();
    const double* data = energy.const_data_ptr<double>();
    return std::vector<double>(data, data + rows);
  };
  const std::vector<double> energies = energies_at(asked->x);
  const std::vector<float>& scores = asked->sink.scores();
  for (int64_t row = 0; row < rows; ++row) {
    // The last digits depend on the rows of the pass.
    EXPECT_NEAR(asked->sink.energies()[row], energies[row], 1e-5);
  }
  for (int64_t c = 0; c < kDim; ++c) {
    constexpr float kStep = 1.0f / 64.0f;
    std::vector<float> right = asked->x, left = asked->x;
    for (int64_t row = 0; row < rows; ++row) {
      right[row * kDim + c] += kStep;
      left[row * kDim + c] -= kStep;
    }
    const std::vector<double> up = energies_at(right), down = energies_at(left);
    for (int64_t row = 0; row < rows; ++row) {
      const double slope = (up[row] - down[row]) / (2.0 * kStep);
      EXPECT_NEAR(scores[row * kDim + c], -slope, 1e-4);
      EXPECT_NEAR(plain->sink.scores()[row * kDim + c], -slope, 1e-4);
    }
  }
}

// N(0, I / label) of two numbers.
class Stiff final : public EnergyNetwork {
 public:
  int64_t dim() const override { return 2; }
  LabelKind label_kind() const override { return LabelKind::kNoiseLevel; }
  at::Tensor Energy(const ScoreInput& input, Workspace&) const override {
    return input.x.to(at::kDouble).square().sum(1).mul(input.label).mul(0.5);
  }
  std::vector<std::pair<std::string, at::Tensor>> Weights() const override {
    return {};
  }
};

TEST_P(EnergyNetworkTest, LabelsTakePartInTheGradient) {
  const auto model = std::make_shared<ModelSnapshot>();
  model->network = std::make_unique<Stiff>();
  model->config.data.shape = {2};
  model->target.has_energy = true;
  model->max_batch_rows = 32;
  LoopHarness harness(NewDeviceOfTest());
  const std::vector<float> x = {1.0f, -2.0f, 1.0f, -2.0f};
  const std::vector<double> labels = {2.0, 3.0};
  for (const bool energy : {false, true}) {
    TestScoreSink sink;
    ASSERT_TRUE(harness.loop()
                    .inbox()
                    .Offer(ScoreQuery{.model = model,
                                      .x = x,
                                      .labels = labels,
                                      .energy = energy,
                                      .sink = &sink,
                                      .ticket = {}})
                    .ok());
    harness.RunDry();
    EXPECT_EQ(sink.status(), absl::OkStatus());
    EXPECT_THAT(sink.scores(), ElementsAre(-2.0f, 4.0f, -3.0f, 6.0f));
    if (!energy) continue;
    EXPECT_THAT(sink.energies(), ElementsAre(5.0, 7.5));
  }
}

INSTANTIATE_TEST_SUITE_P(Devices, EnergyNetworkTest,
                         testing::Values("processor", "plain"),
                         [](const auto& info) { return info.param; });

// p(x) ∝ 1 / x to the right of 0, and nothing to the left, where the score is
// finite all the same.
class HalfLine final : public ScoreNetwork {
 public:
  int64_t dim() const override { return 1; }
  LabelKind label_kind() const override { return LabelKind::kNone; }
  bool has_energy() const override { return true; }
  at::Tensor Score(const ScoreInput& input, Workspace&) const override {
    return input.x.reciprocal().neg();
  }
  at::Tensor Energy(const ScoreInput& input, Workspace&) const override {
    return at::log(input.x.to(at::kDouble)).squeeze(1);
  }
  ScoreAndEnergy ScoreWithEnergy(const ScoreInput& input,
                                 Workspace& workspace) const override {
    return {.score = Score(input, workspace),
            .energy = Energy(input, workspace)};
  }
  std::vector<std::pair<std::string, at::Tensor>> Weights() const override {
    return {};
  }
};

TEST(EnergiesTest, ThatAreNotFiniteEndTheQueryAndNoOther) {
  const auto model = std::make_shared<ModelSnapshot>();
  model->network = std::make_unique<HalfLine>();
  model->config.data.shape = {1};
  model->target.has_energy = true;
  model->max_batch_rows = 32;
  const std::vector<float> bad = {1.0f, 2.0f, -4.0f}, good = {2.0f};
  LoopHarness harness;
  TestScoreSink with, without, other;
  const auto ask = [&](const std::vector<float>& x, bool energy,
                       TestScoreSink* sink) {
    ASSERT_TRUE(harness.loop()
                    .inbox()
                    .Offer(ScoreQuery{.model = model,
                                      .x = x,
                                      .labels = {},
                                      .energy = energy,
                                      .sink = sink,
                                      .ticket = {}})
                    .ok());
  };
  ask(bad, true, &with);
  ask(good, true, &other);
  ask(bad, false, &without);
  harness.RunDry();
  EXPECT_EQ(with.status().code(), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(ReasonOf(with.status()), Reason::kNumericDivergence);
  EXPECT_THAT(std::string(with.status().message()),
              testing::StartsWith("row 2 "));
  EXPECT_EQ(harness.metrics().divergences, 1);
  EXPECT_THAT(other.energies(), ElementsAre(std::log(2.0)));
  EXPECT_THAT(without.scores(), ElementsAre(-1.0f, -0.5f, 0.25f));
}

}  // namespace
}  // namespace scoreserve
