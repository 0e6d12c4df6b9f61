#include "server/engine/model_registry.h"

#include <cstdint>
#include <functional>
#include <iterator>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "models/io/model_repository.h"
#include "models/networks/score_network.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_models.h"

namespace scoreserve {
namespace {

// A small network of ten classes at the times of a process.
ModelFiles TimedFiles() {
  ModelFiles files;
  files.config.network = "residual_mlp";
  files.config.network_options = {{"width", int64_t{8}},
                                  {"blocks", int64_t{1}}};
  files.config.data.shape = {2};
  files.config.label = {LabelKind::kTime, 0.001, 1.0};
  files.config.process =
      ProcessConfig{.name = "vp", .options = {{"beta_max", 20.0}}};
  files.config.classes = 10;
  files.arrays = SaveWeights(**NewNetwork(files.config, /*seed=*/1));
  return files;
}

// The same as a registry serves it.
absl::StatusOr<std::shared_ptr<const ModelSnapshot>> Timed() {
  const TempFolder folder;
  const ModelRepository repository(folder.path());
  EXPECT_TRUE(repository.Write("timed", TimedFiles()).ok());
  ModelRegistry registry(repository, {});
  EXPECT_TRUE(registry.Poll().ok());
  return registry.Find({.name = "timed", .version = {}, .alias = {}});
}

TEST(ModelRegistryTest, ServesANetworkOfTimesAndClasses) {
  const auto model = Timed();
  ASSERT_TRUE(model.ok()) << model.status();
  EXPECT_EQ((*model)->network->classes(), 10);
  EXPECT_EQ((*model)->network->label_kind(), LabelKind::kTime);
  ASSERT_NE((*model)->target.process, nullptr);
  EXPECT_NEAR((*model)->target.process->Alpha(0.5), 0.2811828808, 1e-9);
}

TEST(ModelRegistryTest, EveryModelOfTheZooIsServed) {
  ModelRegistry registry(ModelRepository(SCORESERVE_ZOO), {});
  ASSERT_TRUE(registry.Poll().ok());
  EXPECT_GE(registry.table()->size(), 5u);
  for (const auto& [name, entry] : *registry.table()) {
    EXPECT_FALSE(entry.versions.empty()) << name;
    for (const auto& [version, reason] : entry.refused) {
      ADD_FAILURE() << name << " " << version << ": " << reason;
    }
  }
}

TEST(ModelRegistryTest, AVersionThatCannotBeServedIsKeptWithItsReason) {
  const struct {
    std::function<void(ModelConfig&)> change;
    const char* reason;
  } cases[] = {
      {[](ModelConfig& c) { c.process->name = "flow"; },
       "there is no process 'flow'; there are: "},
      {[](ModelConfig& c) { c.process->options["colour"] = int64_t{1}; },
       "in process_options, there is no option 'colour'"},
      {[](ModelConfig& c) { c.process->options["beta_max"] = -1.0; },
       "process_options.beta_max must be "},
      {[](ModelConfig& c) { c.label.max = 2.0; },
       "label.max must be at most 1, where processes end; was 2"},
      {[](ModelConfig& c) { c.label.min = 0.0; },
       "label.min must be more than 0 for network 'residual_mlp'; was 0"},
      {[](ModelConfig& c) { c.network = "mlp"; }, "option 'blocks'"},
      // The weights are of ten classes.
      {[](ModelConfig& c) { c.classes = 9; },
       "array 'classes.weight' must have shape [10, 64]; was [11, 64]"},
      {[](ModelConfig& c) { c.classes = 0; },
       "array 'classes.weight' is none of network 'residual_mlp'"},
      {[](ModelConfig& c) {
         c.network = "mlp";
         c.network_options.clear();
         c.label = {};
         c.process.reset();
       },
       "classes must be 0 for network 'mlp'; was 10"},
  };
  const TempFolder folder;
  const ModelRepository repository(folder.path());
  ASSERT_TRUE(repository.Write("timed", TimedFiles()).ok());
  for (const auto& c : cases) {
    ModelFiles files = TimedFiles();
    c.change(files.config);
    ASSERT_TRUE(repository.Write("timed", files).ok());
  }
  ModelRegistry registry(repository, {});
  ASSERT_TRUE(registry.Poll().ok());
  const ModelEntry entry = registry.table()->at("timed");
  EXPECT_EQ(entry.versions.size(), 1u);  // The good one goes on being served.
  ASSERT_EQ(entry.refused.size(), std::size(cases));
  int64_t version = 2;
  for (const auto& c : cases) {
    EXPECT_NE(entry.refused.at(version).find(c.reason), std::string::npos)
        << entry.refused.at(version);
    ++version;
  }
}

TEST(ModelRegistryTest, WarmUpTellsHowLongPassesTakeBeforeAnyRequest) {
  const auto model = Timed();
  ASSERT_TRUE(model.ok()) << model.status();
  EXPECT_GT((*model)->rates->score.PassSeconds(1), 0.0);
  EXPECT_GT((*model)->rates->score.PassSeconds(1024),
            (*model)->rates->score.PassSeconds(1));
  // It has no energies, so nothing is known of their passes.
  EXPECT_EQ((*model)->rates->with_energy.PassSeconds(1), 0.0);
}

}  // namespace
}  // namespace scoreserve
