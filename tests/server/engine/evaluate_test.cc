// FAULTS: a device that has no memory for a pass splits it once, then refuses
// it, and goes on.

#include "server/engine/evaluate.h"

#include <sys/resource.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/status.h"
#include "tests/server/engine/fake_stream.h"
#include "tests/server/engine/loop_harness.h"

namespace scoreserve {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// N(0, 1), by a network that needs memory for each of its rows, and has it for
// so many.
class HungryNetwork final : public ScoreNetwork {
 public:
  explicit HungryNetwork(int64_t most) : most_(most) {}

  int64_t dim() const override { return 2; }
  LabelKind label_kind() const override { return LabelKind::kNone; }
  bool trainable() const override { return false; }
  bool has_energy() const override { return true; }
  std::vector<std::pair<std::string, at::Tensor>> Weights() const override {
    return {};
  }
  at::Tensor Score(const ScoreInput& input, Workspace&) const override {
    const int64_t rows = input.x.size(0);
    evaluated.push_back(rows);
    if (rows > most_) {
      throw c10::OutOfMemoryError({__func__, __FILE__, __LINE__},
                                  "all rooms are taken");
    }
    return input.x.neg();
  }
  ScoreAndEnergy ScoreWithEnergy(const ScoreInput& input,
                                 Workspace& workspace) const override {
    return {.score = Score(input, workspace),
            .energy = input.x.square().sum(1).mul(0.5).to(at::kDouble)};
  }

  mutable std::vector<int64_t> evaluated;  // Rows, each time.

 private:
  const int64_t most_;
};

struct Hungry {
  explicit Hungry(int64_t most) {
    auto snapshot = std::make_shared<ModelSnapshot>();
    auto owned = std::make_unique<HungryNetwork>(most);
    network = owned.get();
    snapshot->config.data.shape = {2};
    snapshot->network = std::move(owned);
    snapshot->max_batch_rows = 64;
    model = std::move(snapshot);
  }
  std::shared_ptr<const ModelSnapshot> model;
  const HungryNetwork* network = nullptr;
};

class OutOfMemoryTest : public ::testing::TestWithParam<std::string> {
 protected:
  std::unique_ptr<Device> NewOne() {
    if (GetParam() == "cpu") return NewCpuDevice(1);
    return NewTorchDevice(std::make_unique<FakeStream>(&counts_));
  }
  StreamCounts counts_;
};

TEST_P(OutOfMemoryTest, APassThatDoesNotFitIsEvaluatedInTwoHalves) {
  const Hungry hungry(/*most=*/6);
  LoopHarness harness(NewOne(), /*depth=*/0);
  const auto three = harness.Query(hungry.model, 3, 1.0f);
  const auto eight = harness.Query(hungry.model, 8, 2.0f);
  harness.RunDry();
  EXPECT_THAT(hungry.network->evaluated, ElementsAre(11, 5, 6));
  EXPECT_THAT(three->scores(), Each(-1.0f));
  EXPECT_THAT(eight->scores(), Each(-2.0f));
  EXPECT_EQ(counts_.given_back, GetParam() == "late" ? 1 : 0);
}

TEST_P(OutOfMemoryTest, WhatDoesNotFitInHalvesIsRefusedAndTheDeviceGoesOn) {
  const Hungry hungry(/*most=*/4);
  LoopHarness harness(NewOne(), /*depth=*/0);
  const auto ten = harness.Query(hungry.model, 10);
  const auto sampling = harness.Sample(hungry.model, 1, 3);
  harness.RunDry();
  for (const absl::Status& status : {ten->status(), sampling->status()}) {
    EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
    EXPECT_EQ(ReasonOf(status), Reason::kOutOfMemory);
    EXPECT_THAT(std::string(status.message()),
                HasSubstr("no memory for a pass of 11 rows"));
  }
  EXPECT_THAT(hungry.network->evaluated, ElementsAre(11, 5));
  const auto four = harness.Query(hungry.model, 4);
  harness.RunDry();
  EXPECT_TRUE(four->status().ok());
}

INSTANTIATE_TEST_SUITE_P(Devices, OutOfMemoryTest,
                         ::testing::Values("cpu", "late"),
                         [](const auto& device) { return device.param; });

TEST(EvaluateTest, EnergiesOfBothHalvesAreWhereTheyBelong) {
  const Hungry hungry(/*most=*/2);
  Pass pass(hungry.model->network.get(), 8, /*energies=*/true);
  float* x = pass.put_points(0, 3);
  for (int i = 0; i < 6; ++i) x[i] = static_cast<float>(i);
  pass.rows = 3;
  int given_back = 0;
  const auto both = Evaluate(pass, pass.input(), [&] { ++given_back; });
  ASSERT_TRUE(both.ok()) << both.status();
  EXPECT_EQ(given_back, 1);
  const double* energy = both->energy.const_data_ptr<double>();
  EXPECT_THAT(std::vector<double>(energy, energy + 3),
              ElementsAre(0.5, 6.5, 20.5));
}

// A real processor without memory: the hidden layer of all rows does not fit
// the address space that is left, that of half of them does.
void EvaluateInLittleMemory(int64_t megabytes) {
  ModelFiles files;
  files.config.network = "mlp";
  files.config.network_options = {{"width", int64_t{2048}},
                                  {"layers", int64_t{1}}};
  files.config.data.shape = {2};
  files.arrays = SaveWeights(**NewNetwork(files.config, /*seed=*/1));
  const auto model = Snapshot(std::move(files), 16384);
  const auto device = NewCpuDevice(1);
  const auto pass = *device->NewPass(model->network.get(), 16384, false);
  pass->rows = 64;  // Whatever is allocated once.
  device->Begin(*pass);
  if (!device->Finish(*pass).ok()) std::exit(3);
  int64_t pages = 0;
  std::FILE* statm = std::fopen("/proc/self/statm", "r");
  if (statm == nullptr || std::fscanf(statm, "%ld", &pages) != 1) std::exit(3);
  std::fclose(statm);
  const rlim_t most = static_cast<rlim_t>(pages) * 4096 + (megabytes << 20);
  const rlimit limit = {.rlim_cur = most, .rlim_max = most};
  if (setrlimit(RLIMIT_AS, &limit) != 0) std::exit(3);
  pass->rows = 16384;  // 128 MiB of hidden units.
  device->Begin(*pass);
  const absl::Status status = device->Finish(*pass);
  pass->rows = 64;
  device->Begin(*pass);
  if (!device->Finish(*pass).ok()) std::exit(4);
  std::exit(status.ok() ? 0 : ReasonOf(status) == Reason::kOutOfMemory ? 1 : 2);
}

TEST(EvaluateDeathTest, AProcessorWithoutMemorySplitsThenRefuses) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "the sanitizer takes the whole address space";
#endif
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(EvaluateInLittleMemory(2048), ::testing::ExitedWithCode(0), "");
  EXPECT_EXIT(EvaluateInLittleMemory(100), ::testing::ExitedWithCode(0), "");
  EXPECT_EXIT(EvaluateInLittleMemory(40), ::testing::ExitedWithCode(1), "");
}

}  // namespace
}  // namespace scoreserve
