#include "server/engine/model_memory.h"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "models/networks/peak_bytes.h"
#include "server/engine/device.h"
#include "server/engine/warm_up.h"
#include "tests/support/test_models.h"

namespace scoreserve {
namespace {

struct Case {
  std::string name;
  ModelFiles files;
  int64_t rows;
};

ModelFiles Files(const std::string& network, OptionValues options,
                 std::vector<int64_t> shape, LabelRule label = {},
                 int64_t classes = 0) {
  ModelFiles files;
  files.config.network = network;
  files.config.network_options = std::move(options);
  files.config.data.shape = std::move(shape);
  files.config.label = label;
  files.config.classes = classes;
  files.arrays = SaveWeights(**NewNetwork(files.config, /*seed=*/1));
  return files;
}

std::vector<Case> Cases() {
  const LabelRule noise = {LabelKind::kNoiseLevel, 0.01, 50.0};
  return {
      {"mlp", MlpFiles(64), 1024},
      {"gaussian", GaussianFiles(5, 1.0f, LabelKind::kNoiseLevel), 1024},
      {"residual", Files("residual_mlp", {}, {64}, noise, 10), 512},
      {"unet", Files("unet", {{"channels", int64_t{8}}}, {8, 8}, noise), 128},
      {"energy", EnergyMlpFiles(16), 512},
  };
}

// What passes of `rows` rows really make, as those of a lane do that had
// samplers of all kinds.
int64_t Allocated(const ModelSnapshot& model, int64_t rows, bool energies) {
  return PeakTensorBytesHere([&] {
    Pass pass(model.network.get(), rows, energies);
    FillBlank(model.config, pass);
    pass.NeedCompanion();
    if (energies) pass.NeedHeld();
    const std::unique_ptr<Device> device = NewCpuDevice(1);
    for (const int64_t of : {int64_t{1}, rows, rows}) {
      pass.rows = of;
      device->Begin(pass);
      ASSERT_TRUE(device->Finish(pass).ok());
    }
  });
}

TEST(ModelMemoryTest, TheEstimateOfAPassIsWithinFivePercentOfWhatItAllocates) {
  for (const Case& c : Cases()) {
    const auto model = Snapshot(c.files, c.rows);
    for (const bool energies : {false, true}) {
      if (energies && !model->network->has_energy()) continue;
      const auto estimate = static_cast<double>(
          PassMemory(*model->network, model->config, energies).Bytes(c.rows));
      const auto allocated =
          static_cast<double>(Allocated(*model, c.rows, energies));
      EXPECT_NEAR(estimate / allocated, 1.0, 0.05) << c.name << " " << energies;
    }
  }
}

// Warm-up stops early on a slow machine, so it is held from above alone.
TEST(ModelMemoryTest, AWarmUpTakesNoMoreThanTheEstimate) {
  for (const Case& c : Cases()) {
    const auto model = Snapshot(c.files, c.rows);
    const int64_t allocated = PeakTensorBytesHere(
        [&] { WarmUp(*model, *NewCpuDevice(/*threads=*/1)); });
    EXPECT_GT(allocated, 0) << c.name;
    EXPECT_LE(allocated,
              ModelBytes(*model->network, model->config, c.rows, /*loops=*/1))
        << c.name;
  }
}

TEST(ModelMemoryTest, ItIsTheWeightsAndAPassForEachKindOfLaneOfEachLoop) {
  const auto model = Snapshot(MlpFiles(64), 1024);
  int64_t weights = 0;
  for (const auto& [name, weight] : model->network->Weights())
    weights += static_cast<int64_t>(weight.nbytes());
  const PassMemory pass(*model->network, model->config, /*energies=*/false);
  const int64_t lanes = pass.Bytes(1024) + pass.Bytes(64);
  EXPECT_EQ(ModelBytes(*model->network, model->config, 1024, 1),
            weights + lanes);
  EXPECT_EQ(ModelBytes(*model->network, model->config, 1024, 4),
            weights + 4 * lanes);
  const auto energy = Snapshot(EnergyMlpFiles(16), 64);
  EXPECT_GT(ModelBytes(*energy->network, energy->config, 64, 1),
            2 * PassMemory(*energy->network, energy->config, true).Bytes(64));
}

TEST(ModelMemoryTest, ANetworkThatFailsTakesItsPlanes) {
  auto broken = Snapshot(MlpFiles(5), 64);
  broken->network->Weights()[0].second.set_data(
      broken->network->Weights()[1].second);
  // x, the companion and the label.
  EXPECT_GE(PassMemory(*broken->network, broken->config, false).Bytes(64),
            64 * (5 + 5 + 2) * 4);
}

}  // namespace
}  // namespace scoreserve
