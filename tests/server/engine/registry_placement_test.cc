// Where the registry puts models, and what becomes of those without room. The
// devices are of the processor, told apart by their place.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/io/model_repository.h"
#include "server/engine/model_memory.h"
#include "server/engine/model_registry.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_models.h"

namespace scoreserve {
namespace {

using ::testing::ElementsAre;

class RegistryPlacementTest : public testing::Test {
 protected:
  // Of which each version takes `memory`; 0: what it is estimated to.
  void Write(const std::string& model, int64_t memory) {
    ASSERT_TRUE(repository_.Write(model, GaussianFiles(2, 1.0f)).ok());
    if (memory > 0) Desire(model, memory);
  }
  void Desire(const std::string& model, int64_t memory,
              int64_t stable_version = 0) {
    ASSERT_TRUE(repository_
                    .UpdateDesired(model, std::nullopt,
                                   [&](DesiredState& desired) {
                                     desired.memory = memory;
                                     if (stable_version > 0)
                                       desired.aliases["stable"] =
                                           stable_version;
                                     return absl::OkStatus();
                                   })
                    .ok());
  }
  void Delete(const std::string& model, int64_t version) {
    std::filesystem::remove_all(folder_.path() + "/" + model + "/" +
                                std::to_string(version));
  }

  // A registry of devices with so much room.
  void Open(const std::vector<int64_t>& budgets) {
    ModelRegistry::Options options;
    options.devices.clear();
    for (const int64_t bytes : budgets)
      options.devices.push_back({.device = at::kCPU, .bytes = bytes});
    options.warm_up = [this](const auto& model) {
      warmed_.push_back(model->device);
    };
    registry_ = std::make_unique<ModelRegistry>(repository_, options);
    Poll();
  }
  void Poll() { ASSERT_TRUE(registry_->Poll().ok()); }

  ModelEntry Entry(const std::string& model) const {
    return registry_->table()->at(model);
  }
  std::vector<int64_t> Loaded(const std::string& model) const {
    std::vector<int64_t> versions;
    for (const auto& [version, snapshot] : Entry(model).versions)
      versions.push_back(version);
    return versions;
  }
  size_t DeviceOf(const std::string& model, int64_t version = 1) const {
    return Entry(model).versions.at(version)->device;
  }

  const TempFolder folder_;
  const ModelRepository repository_{folder_.path()};
  std::vector<size_t> warmed_;
  std::unique_ptr<ModelRegistry> registry_;
};

TEST_F(RegistryPlacementTest, ModelsGoToTheLeastLoadedDevice) {
  for (const char* model : {"a", "b", "c"}) Write(model, 100);
  Open({1000, 500});
  EXPECT_EQ(DeviceOf("a"), 0u);
  EXPECT_EQ(DeviceOf("b"), 1u);
  EXPECT_EQ(DeviceOf("c"), 0u);
  EXPECT_EQ(registry_->memory().free(0), 800);
  EXPECT_EQ(registry_->memory().free(1), 400);
}

TEST_F(RegistryPlacementTest, AVersionGoesWhereTheOneBeforeItLies) {
  Write("a", 300);
  Write("b", 100);
  Open({700, 1000});
  EXPECT_EQ(DeviceOf("a"), 0u);
  EXPECT_EQ(DeviceOf("b"), 1u);
  Write("a", 300);
  Poll();
  EXPECT_EQ(DeviceOf("a", 2), 0u);  // Though the other is less loaded.
  Write("a", 300);
  Poll();
  EXPECT_EQ(DeviceOf("a", 3), 1u);  // No room.
  Write("a", 300);
  Poll();
  EXPECT_EQ(DeviceOf("a", 4), 1u);
  // What passes take there was not known; of the first device it was.
  EXPECT_THAT(warmed_, ElementsAre(0, 1, 1));
  EXPECT_NE(Entry("a").versions.at(1)->rates, Entry("a").versions.at(3)->rates);
  EXPECT_EQ(Entry("a").versions.at(3)->rates, Entry("a").versions.at(4)->rates);
}

TEST_F(RegistryPlacementTest,
       WhatDoesNotFitIsRefusedWithTheSizesAndTheOldServes) {
  Write("a", 100);
  Open({150, 60});
  Write("a", 100);
  Desire("a", 100, /*stable_version=*/2);
  Poll();
  EXPECT_THAT(Loaded("a"), ElementsAre(1));
  EXPECT_EQ(Entry("a").refused.at(2),
            "no device has room for 100 bytes: cpu has 50 bytes free of 150 "
            "bytes; cpu has 60 bytes free of 60 bytes");
  EXPECT_FALSE(registry_->Find({.name = "a", .version = 2, .alias = {}}).ok());
  // Nothing was served as "stable" before, so nothing takes its place; by
  // version the old one is there.
  EXPECT_TRUE(registry_->Find({.name = "a", .version = 1, .alias = {}}).ok());
}

TEST_F(RegistryPlacementTest, AnAliasStaysWhereItWasUntilThereIsRoom) {
  Write("a", 100);
  Desire("a", 100, /*stable_version=*/1);
  Open({150});
  Write("a", 100);
  Desire("a", 100, /*stable_version=*/2);
  Poll();
  const ModelSelector any = {.name = "a", .version = {}, .alias = {}};
  EXPECT_EQ((*registry_->Find(any))->version, 1);
  auto running = *registry_->Find(any);
  Delete("a", 1);
  Poll();
  Poll();
  // Who runs on the old one holds its room.
  EXPECT_THAT(Loaded("a"), ElementsAre());
  EXPECT_TRUE(Entry("a").refused.contains(2));
  running.reset();
  Poll();
  EXPECT_THAT(Loaded("a"), ElementsAre(2));
  EXPECT_TRUE(Entry("a").refused.empty());
  EXPECT_TRUE(Entry("a").unplaced.empty());
  EXPECT_EQ((*registry_->Find(any))->version, 2);
  EXPECT_EQ(registry_->memory().free(0), 50);
}

// Else what nobody asks for would keep out what is served.
TEST_F(RegistryPlacementTest, WhatIsServedComesFirstThenTheNewest) {
  for (int i = 0; i < 4; ++i) Write("a", 100);
  Desire("a", 100, /*stable_version=*/2);
  for (int i = 0; i < 3; ++i) Write("b", 100);
  Open({400});
  // a@2 and b@3, then a@4 and a@3.
  EXPECT_THAT(Loaded("a"), ElementsAre(2, 3, 4));
  EXPECT_THAT(Loaded("b"), ElementsAre(3));
}

TEST_F(RegistryPlacementTest, OtherSettingsAreTriedAtOnce) {
  Write("a", 1000);
  Open({150});
  EXPECT_THAT(Loaded("a"), ElementsAre());
  Desire("a", 500);
  Poll();
  EXPECT_EQ(Entry("a").refused.at(1).find("no device has room for 500 bytes"),
            0u);
  Desire("a", 150);
  Poll();
  EXPECT_THAT(Loaded("a"), ElementsAre(1));
  EXPECT_EQ(registry_->memory().free(0), 0);
}

TEST_F(RegistryPlacementTest, WithoutSettingsItTakesWhatItIsEstimatedTo) {
  Write("a", 0);
  Open({int64_t{1} << 40});
  const auto first = Entry("a").versions.at(1);
  EXPECT_EQ(first->memory.bytes(),
            ModelBytes(*first->network, first->config, first->max_batch_rows,
                       /*loops=*/1));
  Write("a", 0);
  Poll();
  EXPECT_EQ(Entry("a").versions.at(2)->memory.bytes(), first->memory.bytes());
  EXPECT_EQ(registry_->memory().free(0),
            (int64_t{1} << 40) - 2 * first->memory.bytes());
}

TEST_F(RegistryPlacementTest, ABadVersionTakesNoRoom) {
  Write("a", 100);
  ModelFiles bad = GaussianFiles(2, 1.0f);
  bad.arrays["variances"].values[0] = -1.0f;
  ASSERT_TRUE(repository_.Write("a", bad).ok());
  Open({150});
  EXPECT_TRUE(Entry("a").refused.contains(2));
  EXPECT_TRUE(Entry("a").unplaced.empty());
  EXPECT_EQ(registry_->memory().free(0), 50);
}

}  // namespace
}  // namespace scoreserve
