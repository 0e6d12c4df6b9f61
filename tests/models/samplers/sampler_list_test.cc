#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/io/model_config.h"
#include "models/processes/noise_process.h"
#include "models/samplers/sampler.h"
#include "models/status.h"

namespace scoreserve {
namespace {

// What every sampler runs on.
SamplerTarget Target() {
  ModelConfig config;
  config.label = {.kind = LabelKind::kNoiseLevel, .min = 0.0, .max = 100.0};
  return TargetOf(config, /*has_energy=*/true).value();
}

constexpr LabelRule kNoiseLevel = {
    .kind = LabelKind::kNoiseLevel, .min = 0.0, .max = 100.0};
constexpr LabelRule kNarrow = {
    .kind = LabelKind::kNoiseLevel, .min = 0.1, .max = 2.0};
constexpr LabelRule kTime = {.kind = LabelKind::kTime, .min = 1e-3, .max = 1.0};

// Networks of every kind that a sampler may ask for.
std::vector<SamplerTarget> Targets() {
  std::vector<ModelConfig> configs(3);
  configs[1].label = kNoiseLevel;
  configs[2].label = kNarrow;
  for (const ProcessKind& kind : ProcessKinds()) {
    configs.emplace_back().label = kTime;
    configs.back().process = ProcessConfig{.name = kind.name, .options = {}};
  }
  std::vector<SamplerTarget> targets;
  for (const ModelConfig& config : configs) {
    targets.push_back(TargetOf(config, /*has_energy=*/false).value());
    targets.push_back(TargetOf(config, /*has_energy=*/true).value());
  }
  return targets;
}

TEST(SamplerListTest, NamesAreUniqueAndInOrder) {
  std::vector<std::string> names;
  for (const Sampler& sampler : Samplers()) names.push_back(sampler.name);
  EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(),
            names.size());
}

TEST(SamplerListTest, EverySamplerDescribesItselfAndItsOptions) {
  for (const Sampler& sampler : Samplers()) {
    EXPECT_FALSE(sampler.help.empty()) << sampler.name;
    EXPECT_FALSE(sampler.options.empty()) << sampler.name;
    std::set<std::string> names;
    for (const OptionDescription& option : sampler.options) {
      EXPECT_TRUE(names.insert(option.name).second) << option.name;
      EXPECT_FALSE(option.help.empty()) << option.name;
      EXPECT_EQ(option.help.back(), '.') << option.name;
      EXPECT_FALSE(option.type.empty()) << option.name;
    }
  }
}

// What ListSamplers prints, a client can send back.
TEST(SamplerListTest, TheDefaultsThatAreDescribedAreTaken) {
  for (const Sampler& sampler : Samplers()) {
    OptionValues values;
    for (const OptionDescription& option : sampler.options) {
      values[option.name] = option.default_value;
    }
    EXPECT_TRUE(sampler.plan(values, Target()).ok()) << sampler.name;
  }
}

// A sampler's example runs wherever the sampler itself does.
TEST(SamplerListTest, AnExampleIsRefusedOnlyWhereTheNetworkDoesNotSuit) {
  for (const Sampler& sampler : Samplers()) {
    int runs = 0;
    for (const SamplerTarget& target : Targets()) {
      const absl::Status status =
          sampler.plan(ExampleOptions(sampler, target), target).status();
      runs += status.ok();
      if (status.ok()) continue;
      EXPECT_EQ(ReasonOf(status), Reason::kUnsuitableModel)
          << sampler.name << ": " << status;
    }
    EXPECT_GT(runs, 0) << sampler.name;
  }
}

TEST(SamplerListTest, EveryOptionIsRefusedByItsName) {
  for (const Sampler& sampler : Samplers()) {
    for (const OptionDescription& option : sampler.options) {
      OptionValues values;
      for (const OptionDescription& other : sampler.options) {
        if (other.required) values[other.name] = other.default_value;
      }
      values[option.name] = std::string("x");
      const absl::Status status = sampler.plan(values, Target()).status();
      EXPECT_EQ(FieldOf(status), option.name) << sampler.name;
    }
  }
}

// What diagnostics take for granted: one label and one kind of step throughout.
TEST(SamplerListTest, HomogeneousSamplersStayAtOneLabel) {
  std::vector<std::string> homogeneous;
  for (const Sampler& sampler : Samplers()) {
    const SamplerPlan plan =
        sampler.plan(ExampleOptions(sampler, Target()), Target()).value();
    if (!plan.homogeneous) continue;
    homogeneous.push_back(sampler.name);
    for (int64_t i = 0; i < plan.table.num_steps(); ++i) {
      ASSERT_EQ(plan.table.At(i).label, plan.table.At(0).label);
      ASSERT_EQ(plan.table.At(i).kind, plan.table.At(0).kind);
    }
  }
  EXPECT_THAT(homogeneous,
              testing::ElementsAre("langevin", "mala", "underdamped_langevin"));
}

TEST(SamplerListTest, FindsByName) {
  for (const Sampler& sampler : Samplers()) {
    const auto found = FindSampler(sampler.name);
    ASSERT_TRUE(found.ok()) << found.status();
    EXPECT_EQ(*found, &sampler);
  }
}

TEST(SamplerListTest, AnUnknownNameListsThoseThatThereAre) {
  const absl::Status status = FindSampler("metropolis").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ReasonOf(status), Reason::kUnknownSampler);
  for (const Sampler& sampler : Samplers()) {
    EXPECT_TRUE(absl::StrContains(status.message(), sampler.name))
        << status.message();
  }
}

}  // namespace
}  // namespace scoreserve
