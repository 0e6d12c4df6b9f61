// The same seed gives the same numbers on a GPU as on the processor: noise to
// 1e-6, each step of every sampler from the same state to 1e-5, paths of a
// hundred steps to 1e-4. Everywhere else the device of LibTorch's operations is
// held to that, with a stream whose answers are late (fake_stream.h).

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "models/networks/placement.h"
#include "models/samplers/metropolis.h"
#include "models/samplers/normal_tensor.h"
#include "models/samplers/sampler.h"
#include "server/engine/block_state.h"
#include "tests/server/engine/fake_stream.h"
#include "tests/server/engine/loop_harness.h"

namespace scoreserve {
namespace {

constexpr int64_t kDim = 65;

class ParityTest : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (GetParam() == "late") return;
    const auto device = FindDevice("device", GetParam());
    if (!device.ok()) GTEST_SKIP() << device.status().message();
    place_ = *device;
  }
  std::unique_ptr<Device> NewOne() {
    if (GetParam() == "late")
      return NewTorchDevice(std::make_unique<FakeStream>(&counts_));
    return NewTorchDevice(place_);
  }
  // A noise level, and an energy.
  std::shared_ptr<const ModelSnapshot> Model(at::Device device) const {
    return Snapshot(GaussianFiles(kDim, 0.5f, LabelKind::kNoiseLevel), 512, "m",
                    device);
  }

  at::Device place_ = at::kCPU;
  StreamCounts counts_;
};

TEST_P(ParityTest, NoiseIsTheProcessorsToAMillionth) {
  for (const int64_t dim : {1, 3, 4, 65, 1000}) {
    const NoiseKey first = {.seed = 0xfedcba9876543210, .step = 9, .row = 4};
    const at::Tensor here = NormalTensor(first, Purpose::kStep, 700, dim);
    const at::Tensor there =
        NormalTensor(first, Purpose::kStep, 700, dim, place_).to(at::kCPU);
    EXPECT_LE(there.sub(here).abs().max().item<double>(), 1e-6) << dim;
  }
}

void Fill(float* values, int64_t rows, uint64_t seed, float scale) {
  FillNormals({.seed = seed}, Purpose::kUser, rows, kDim, values);
  for (int64_t k = 0; k < rows * kDim; ++k) values[k] *= scale;
}

// Puts the rows of `state` into `pass`, about to make step `index` of `table`.
void Prepare(const BlockState& state, const StepTable& table, int64_t index,
             Pass& pass) {
  ImportBlock(state, 0, pass);
  if (table.has_companion()) pass.NeedCompanion();
  pass.rows = state.rows;
  pass.steps.assign(state.rows, RowStep{});
  const Step& step = table.At(index);
  for (int64_t i = 0; i < state.rows; ++i) {
    pass.label.data_ptr<double>()[i] = step.label;
    pass.steps[i] = ToRowStep(step, {.seed = 3,
                                     .step = static_cast<uint32_t>(index),
                                     .row = static_cast<uint32_t>(i)});
  }
}

// Where that step takes them.
BlockState StepOn(Device& device, const ModelSnapshot& model,
                  const BlockState& state, const StepTable& table,
                  int64_t index, std::vector<uint8_t>* accepted) {
  const auto pass =
      *device.NewPass(model.network.get(), 512, table.has_metropolis());
  Prepare(state, table, index, *pass);
  device.Begin(*pass);
  EXPECT_TRUE(device.Finish(*pass).ok());
  BlockState next = {.rows = state.rows};
  ExportBlock(table, *pass, 0, next);
  *accepted = pass->accepted;
  return next;
}

void ExpectClose(const std::vector<float>& got, const std::vector<float>& want,
                 const std::vector<uint8_t>& same, const std::string& what) {
  ASSERT_EQ(got.size(), want.size()) << what;
  double scale = 0.0;
  for (const float value : want) scale += std::fabs(value);
  scale /= static_cast<double>(std::max<size_t>(1, want.size()));
  for (size_t k = 0; k < want.size(); ++k) {
    if (same[k / kDim] == 0) continue;
    ASSERT_NEAR(got[k], want[k], 1e-5 * (scale + std::fabs(want[k])))
        << what << ", number " << k;
  }
}

TEST_P(ParityTest, EachStepOfEverySamplerFromTheSameState) {
  const auto here = Model(at::kCPU), there = Model(place_);
  const auto processor = NewCpuDevice(1), device = NewOne();
  int64_t decisions = 0, differing = 0;
  for (const Sampler& sampler : Samplers()) {
    const auto plan =
        sampler.plan(ExampleOptions(sampler, here->target), here->target);
    if (!plan.ok()) continue;  // It does not fit noise levels.
    const StepTable& table = plan->table;
    const int64_t last = table.num_steps() - 1;
    for (const int64_t index : {int64_t{0}, last / 2, last}) {
      BlockState state = {.rows = 200};
      const float scale = static_cast<float>(1.0 + table.At(index).label);
      state.x.resize(state.rows * kDim);
      Fill(state.x.data(), state.rows, 1, scale);
      if (table.has_companion() || table.has_metropolis()) {
        state.y.resize(state.rows * kDim);
        Fill(state.y.data(), state.rows, 2, scale);
      }
      std::vector<uint8_t> accepted_here, accepted_there;
      if (table.has_metropolis()) {
        // Accepts all, so that proposals and what is held belong together.
        state.held_score.assign(state.rows * kDim, 0.0f);
        state.held_energy.assign(state.rows, kNoEnergy);
        state = StepOn(*processor, *here, state, table, index, &accepted_here);
      }
      const std::string what = sampler.name + " " + std::to_string(index);
      const BlockState want =
          StepOn(*processor, *here, state, table, index, &accepted_here);
      const BlockState got =
          StepOn(*device, *there, state, table, index, &accepted_there);
      std::vector<uint8_t> same(state.rows, 1);
      if (table.has_metropolis()) {
        for (int64_t i = 0; i < state.rows; ++i) {
          same[i] = accepted_here[i] == accepted_there[i] ? 1 : 0;
          decisions += 1;
          differing += 1 - same[i];
        }
      }
      ExpectClose(got.x, want.x, same, what);
      ExpectClose(got.y, want.y, same, what + ", companion");
    }
  }
  EXPECT_GT(decisions, 0);
  EXPECT_LE(static_cast<double>(differing),
            0.001 * static_cast<double>(decisions));
}

TEST_P(ParityTest, PathsOfAHundredSteps) {
  const auto run = [](std::unique_ptr<Device> device,
                      const std::shared_ptr<const ModelSnapshot>& model) {
    LoopHarness harness(std::move(device), /*depth=*/0);
    const auto sink = harness.Sample(model, 400, 100, /*seed=*/5);
    harness.RunDry();
    EXPECT_TRUE(sink->status().ok()) << sink->status();
    return sink->samples();
  };
  const auto files = [] { return MlpFiles(kDim); };
  const std::vector<float> want = run(NewCpuDevice(1), Snapshot(files(), 512));
  const std::vector<float> got =
      run(NewOne(), Snapshot(files(), 512, "m", place_));
  ASSERT_EQ(got.size(), want.size());
  float scale = 0.0f;
  for (const float value : want) scale = std::max(scale, std::fabs(value));
  int64_t close = 0;
  for (int64_t row = 0; row < 400; ++row) {
    float worst = 0.0f;
    for (int64_t k = row * kDim; k < (row + 1) * kDim; ++k) {
      worst = std::max(worst, std::fabs(got[k] - want[k]));
    }
    close += worst <= 1e-4f * scale ? 1 : 0;
  }
  EXPECT_GE(close, 396);
}

INSTANTIATE_TEST_SUITE_P(Devices, ParityTest,
                         ::testing::Values("late", "cuda:0"),
                         [](const auto& device) {
                           return device.param.substr(0,
                                                      device.param.find(':'));
                         });

}  // namespace
}  // namespace scoreserve
