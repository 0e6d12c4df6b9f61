// What the registry makes of a model's desired state, and of versions that
// come and go under it.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/io/files.h"
#include "models/io/model_repository.h"
#include "models/status.h"
#include "server/engine/canary.h"
#include "server/engine/model_registry.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_models.h"

namespace scoreserve {
namespace {

using ::testing::ElementsAre;

class RegistryAliasesTest : public testing::Test {
 protected:
  RegistryAliasesTest() { Write(); }

  void Write(float variance = 1.0f, int64_t dim = 2) {
    ASSERT_TRUE(repository_.Write("m", GaussianFiles(dim, variance)).ok());
  }

  void Desire(const std::function<void(DesiredState&)>& change) {
    const auto done = repository_.UpdateDesired("m", std::nullopt,
                                                [&](DesiredState& desired) {
                                                  change(desired);
                                                  return absl::OkStatus();
                                                });
    ASSERT_TRUE(done.ok()) << done.status();
  }

  // The version that `caller` gets who names none; 0 where there is none.
  int64_t VersionFor(const std::string& caller = "") const {
    const auto model =
        registry_.Find({.name = "m", .version = {}, .alias = {}}, caller);
    return model.ok() ? (*model)->version : 0;
  }

  std::shared_ptr<const ModelSnapshot> Version(int64_t version) const {
    return *registry_.Find({.name = "m", .version = version, .alias = {}});
  }

  const TempFolder folder_;
  const ModelRepository repository_{folder_.path()};
  std::vector<int64_t> warmed_;
  ModelRegistry registry_{
      repository_,
      {.default_max_batch_rows = 64,
       .max_batch_rows = {},
       .threads = 1,
       .warm_up = [this](const std::shared_ptr<const ModelSnapshot>& model) {
         warmed_.push_back(model->version);
         model->rates->score.Observe(1, 0.5);
       }}};
};

TEST_F(RegistryAliasesTest, TheDesiredStateIsInTheTable) {
  Desire([](DesiredState& d) {
    d.aliases = {{"stable", 1}};
    d.canary_share = 0.25;
    d.keep = 3;
  });
  ASSERT_TRUE(registry_.Poll().ok());
  const ModelEntry entry = registry_.table()->at("m");
  EXPECT_EQ(entry.generation, 1);
  EXPECT_EQ(entry.canary_share, 0.25);
  EXPECT_EQ(entry.keep, 3);
  EXPECT_EQ(entry.aliases.at("stable"), 1);
}

TEST_F(RegistryAliasesTest, RefreshIsAPollOfOneModel) {
  ASSERT_TRUE(repository_.Write("other", GaussianFiles(2, 1.0f)).ok());
  ASSERT_TRUE(registry_.Refresh("m").ok());
  EXPECT_EQ(VersionFor(), 1);
  EXPECT_FALSE(registry_.table()->contains("other"));
  Write();
  Desire([](DesiredState& d) { d.aliases["stable"] = 1; });
  ASSERT_TRUE(registry_.Refresh("m").ok());
  EXPECT_EQ(VersionFor(), 1);
  EXPECT_EQ(registry_.table()->at("m").versions.size(), 2u);

  EXPECT_EQ(ReasonOf(registry_.Refresh("none")), Reason::kModelNotFound);
  EXPECT_EQ(FieldOf(registry_.Refresh("../m")), "model");
  std::filesystem::remove_all(folder_ / "m");
  EXPECT_EQ(ReasonOf(registry_.Refresh("m")), Reason::kModelNotFound);
  EXPECT_TRUE(registry_.table()->empty());
}

TEST_F(RegistryAliasesTest, ACallerInTheShareGetsTheCanaryAndKeepsIt) {
  Write();
  Write();
  Desire([](DesiredState& d) {
    d.aliases = {{"stable", 1}, {"canary", 2}};
    d.canary_share = 0.3;
  });
  ASSERT_TRUE(registry_.Poll().ok());
  int canaries = 0;
  for (int i = 0; i < 200; ++i) {
    const std::string caller = absl::StrCat("caller-", i);
    const int64_t version = VersionFor(caller);
    EXPECT_EQ(version, GetsCanary("m", caller, 0.3) ? 2 : 1);
    EXPECT_EQ(VersionFor(caller), version);
    canaries += version == 2;
  }
  EXPECT_GT(canaries, 30);
  EXPECT_LT(canaries, 90);
}

TEST_F(RegistryAliasesTest, WhoNamesAVersionOrAnAliasIsNoCanary) {
  Write();
  Desire([](DesiredState& d) {
    d.aliases = {{"stable", 1}, {"canary", 2}};
    d.canary_share = 1.0;
  });
  ASSERT_TRUE(registry_.Poll().ok());
  EXPECT_EQ(VersionFor("anybody"), 2);
  EXPECT_EQ(VersionFor(), 2);
  for (const ModelSelector& selector :
       {ModelSelector{.name = "m", .version = 1, .alias = {}},
        ModelSelector{.name = "m", .version = {}, .alias = "stable"}}) {
    EXPECT_EQ((*registry_.Find(selector, "anybody"))->version, 1);
  }
}

TEST_F(RegistryAliasesTest, WithoutStableOthersGetTheHighest) {
  Write();
  Write();
  Desire([](DesiredState& d) {
    d.aliases = {{"canary", 1}};
    d.canary_share = 0.5;
  });
  ASSERT_TRUE(registry_.Poll().ok());
  for (int i = 0; i < 20; ++i) {
    const std::string caller = absl::StrCat("caller-", i);
    EXPECT_EQ(VersionFor(caller), GetsCanary("m", caller, 0.5) ? 1 : 3);
  }
}

TEST_F(RegistryAliasesTest, VersionsOfOneFormShareTheirRates) {
  ASSERT_TRUE(registry_.Poll().ok());
  Write(/*variance=*/2.0f);
  ASSERT_TRUE(registry_.Poll().ok());
  EXPECT_THAT(warmed_, ElementsAre(1));
  EXPECT_EQ(Version(1)->rates, Version(2)->rates);
  EXPECT_EQ(Version(2)->rates->score.PassSeconds(1), 0.5);
  Write(/*variance=*/1.0f, /*dim=*/3);
  ASSERT_TRUE(registry_.Poll().ok());
  EXPECT_THAT(warmed_, ElementsAre(1, 3));
  EXPECT_NE(Version(3)->rates, Version(2)->rates);
}

TEST_F(RegistryAliasesTest, RatesOutliveTheVersionsThatMadeThem) {
  ASSERT_TRUE(registry_.Poll().ok());
  Write();
  std::filesystem::remove_all(folder_ / "m/1");
  ASSERT_TRUE(registry_.Poll().ok());
  EXPECT_THAT(warmed_, ElementsAre(1));
  EXPECT_EQ(Version(2)->rates->score.PassSeconds(1), 0.5);
}

TEST_F(RegistryAliasesTest, AnAliasForABadVersionStaysWhereItWas) {
  Write();
  Desire([](DesiredState& d) { d.aliases["stable"] = 1; });
  ASSERT_TRUE(registry_.Poll().ok());
  Write();
  ASSERT_TRUE(WriteFile(folder_ / "m/3/model.safetensors", "").ok());
  Desire([](DesiredState& d) { d.aliases["stable"] = 3; });
  ASSERT_TRUE(registry_.Poll().ok());
  EXPECT_EQ(VersionFor(), 1);
  EXPECT_TRUE(registry_.table()->at("m").refused.contains(3));
  // Also of the polls that follow.
  ASSERT_TRUE(registry_.Poll().ok());
  EXPECT_EQ(VersionFor(), 1);
  Desire([](DesiredState& d) { d.aliases["stable"] = 2; });
  ASSERT_TRUE(registry_.Poll().ok());
  EXPECT_EQ(VersionFor(), 2);
}

TEST_F(RegistryAliasesTest, AHalfEditedDesiredStateChangesNothing) {
  Write();
  Desire([](DesiredState& d) {
    d.aliases["stable"] = 1;
    d.keep = 2;
  });
  ASSERT_TRUE(registry_.Poll().ok());
  ASSERT_TRUE(WriteFile(folder_ / "m/desired.json", "{\"aliases\":").ok());
  Write();
  ASSERT_TRUE(registry_.Poll().ok());
  const ModelEntry entry = registry_.table()->at("m");
  EXPECT_EQ(VersionFor(), 1);
  EXPECT_EQ(entry.generation, 1);
  EXPECT_EQ(entry.keep, 2);
  EXPECT_EQ(entry.versions.size(), 3u);
}

}  // namespace
}  // namespace scoreserve
