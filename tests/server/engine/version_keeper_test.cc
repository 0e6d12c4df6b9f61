#include "server/engine/version_keeper.h"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/io/files.h"
#include "models/io/model_repository.h"
#include "server/engine/delete_versions.h"
#include "server/engine/model_registry.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_models.h"

namespace scoreserve {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Instant At(double seconds) {
  return Instant(std::chrono::duration_cast<Instant::duration>(
      std::chrono::duration<double>(seconds)));
}

std::set<int64_t> UpTo(int64_t highest) {
  std::set<int64_t> versions;
  for (int64_t version = 1; version <= highest; ++version) {
    versions.insert(version);
  }
  return versions;
}

VersionKeeper Keeper() {
  return VersionKeeper({.grace = 10, .keep_published = 3});
}

TEST(VersionKeeperTest, WhatFellOutOfTheLastGoesAGraceLater) {
  VersionKeeper keeper = Keeper();
  VersionKeeper::Versions versions = {UpTo(4), {}, {}, 4};
  EXPECT_THAT(keeper.Expired("m", versions, At(0)), IsEmpty());
  versions.all = UpTo(5);
  EXPECT_THAT(keeper.Expired("m", versions, At(100)), IsEmpty());
  versions.all = UpTo(6);
  EXPECT_THAT(keeper.Expired("m", versions, At(105)), IsEmpty());
  EXPECT_THAT(keeper.Expired("m", versions, At(109.9)), IsEmpty());
  EXPECT_THAT(keeper.Expired("m", versions, At(110)), ElementsAre(1));
  versions.all.erase(1);
  EXPECT_THAT(keeper.Expired("m", versions, At(115)), ElementsAre(2));
}

TEST(VersionKeeperTest, AnAliasKeepsAndItsLossBeginsTheGrace) {
  VersionKeeper keeper = Keeper();
  VersionKeeper::Versions versions = {UpTo(3), {}, {1}, 1};
  EXPECT_THAT(keeper.Expired("m", versions, At(0)), IsEmpty());
  EXPECT_THAT(keeper.Expired("m", versions, At(10)), ElementsAre(2));
  versions.all.erase(2);
  versions.named = {3};
  EXPECT_THAT(keeper.Expired("m", versions, At(1000)), IsEmpty());
  versions.named = {1};  // Back before it went: as if it had never lost it.
  EXPECT_THAT(keeper.Expired("m", versions, At(1009)), IsEmpty());
  versions.named = {3};
  EXPECT_THAT(keeper.Expired("m", versions, At(1011)), IsEmpty());
  EXPECT_THAT(keeper.Expired("m", versions, At(1020)), IsEmpty());
  EXPECT_THAT(keeper.Expired("m", versions, At(1021)), ElementsAre(1));
}

TEST(VersionKeeperTest, UnlessAskedOnlyPublishedVersionsGo) {
  VersionKeeper keeper = Keeper();
  // Three of 3, 5, 6, 7 and 9 are the newest that fine-tuning published.
  const VersionKeeper::Versions versions = {
      UpTo(10), {3, 5, 6, 7, 9}, {5}, std::nullopt};
  EXPECT_THAT(keeper.Expired("m", versions, At(0)), IsEmpty());
  EXPECT_THAT(keeper.Expired("m", versions, At(10)), ElementsAre(3));
}

TEST(VersionKeeperTest, HandMadeVersionsStayForever) {
  VersionKeeper keeper = Keeper();
  const VersionKeeper::Versions versions = {UpTo(100), {}, {}, std::nullopt};
  EXPECT_THAT(keeper.Expired("m", versions, At(0)), IsEmpty());
  EXPECT_THAT(keeper.Expired("m", versions, At(1e6)), IsEmpty());
}

TEST(VersionKeeperTest, TheHighestIsAlwaysKept) {
  VersionKeeper keeper = Keeper();
  const VersionKeeper::Versions versions = {UpTo(3), UpTo(3), {}, 1};
  EXPECT_THAT(keeper.Expired("m", versions, At(0)), IsEmpty());
  EXPECT_THAT(keeper.Expired("m", versions, At(10)), ElementsAre(1, 2));
  EXPECT_THAT(keeper.Expired("m", {{}, {}, {}, 1}, At(11)), IsEmpty());
}

TEST(VersionKeeperTest, WhatCouldNotBeDeletedIsTriedAgainAGraceLater) {
  VersionKeeper keeper = Keeper();
  const VersionKeeper::Versions versions = {UpTo(2), {}, {}, 1};
  EXPECT_THAT(keeper.Expired("m", versions, At(0)), IsEmpty());
  EXPECT_THAT(keeper.Expired("m", versions, At(10)), ElementsAre(1));
  EXPECT_THAT(keeper.Expired("m", versions, At(11)), IsEmpty());
  EXPECT_THAT(keeper.Expired("m", versions, At(20)), ElementsAre(1));
}

TEST(VersionKeeperTest, ModelsAreKeptApart) {
  VersionKeeper keeper = Keeper();
  const VersionKeeper::Versions versions = {UpTo(2), {}, {}, 1};
  EXPECT_THAT(keeper.Expired("a", versions, At(0)), IsEmpty());
  EXPECT_THAT(keeper.Expired("b", versions, At(5)), IsEmpty());
  EXPECT_THAT(keeper.Expired("a", versions, At(10)), ElementsAre(1));
  EXPECT_THAT(keeper.Expired("b", versions, At(10)), IsEmpty());
}

class DeleteVersionsTest : public testing::Test {
 protected:
  // Publishes a version, by fine-tuning or by hand.
  void Publish(bool fine_tuned) {
    std::map<std::string, std::string> extra;
    if (fine_tuned) extra[kFineTuneFile] = "{}";
    ASSERT_TRUE(repository_.Write("m", GaussianFiles(1, 1.0f), extra).ok());
  }

  const TempFolder folder_;
  const ModelRepository repository_{folder_.path()};
};

TEST_F(DeleteVersionsTest, FoldersGoOnceTheirTimeIsUp) {
  for (int i = 0; i < 5; ++i) Publish(/*fine_tuned=*/true);
  Publish(/*fine_tuned=*/false);
  ASSERT_TRUE(repository_
                  .UpdateDesired("m", 0,
                                 [](DesiredState& desired) {
                                   desired.aliases["stable"] = 1;
                                   return absl::OkStatus();
                                 })
                  .ok());
  VersionKeeper keeper = Keeper();
  EXPECT_THAT(DeleteExpiredVersions(repository_, {}, keeper, At(0)), IsEmpty());
  const auto deleted = DeleteExpiredVersions(repository_, {}, keeper, At(10));
  ASSERT_EQ(deleted.size(), 1u);
  EXPECT_EQ(deleted[0].version, 2);
  EXPECT_TRUE(deleted[0].status.ok()) << deleted[0].status;
  EXPECT_THAT(*repository_.Versions("m"), ElementsAre(1, 3, 4, 5, 6));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "m/2"));
}

TEST_F(DeleteVersionsTest, WhatIsServedInPlaceOfWhatCannotBeStays) {
  for (int i = 0; i < 6; ++i) Publish(/*fine_tuned=*/true);
  ModelRegistry registry(repository_, {});
  const auto set_stable = [&](int64_t version) {
    ASSERT_TRUE(repository_
                    .UpdateDesired("m", {},
                                   [&](DesiredState& desired) {
                                     desired.aliases["stable"] = version;
                                     return absl::OkStatus();
                                   })
                    .ok());
    ASSERT_TRUE(registry.Poll().ok());
  };
  set_stable(1);
  Publish(/*fine_tuned=*/true);
  ASSERT_TRUE(WriteFile(folder_ / "m/7/model.safetensors", "").ok());
  set_stable(7);
  VersionKeeper keeper = Keeper();
  for (const double now : {0.0, 10.0, 20.0}) {
    DeleteExpiredVersions(repository_, *registry.table(), keeper, At(now));
  }
  EXPECT_THAT(*repository_.Versions("m"), ElementsAre(1, 5, 6, 7));
}

TEST_F(DeleteVersionsTest, WithADesiredStateThatCannotBeReadNothingGoes) {
  for (int i = 0; i < 5; ++i) Publish(/*fine_tuned=*/true);
  VersionKeeper keeper = Keeper();
  EXPECT_THAT(DeleteExpiredVersions(repository_, {}, keeper, At(0)), IsEmpty());
  ASSERT_TRUE(WriteFile(folder_ / "m/desired.json", "{").ok());
  EXPECT_THAT(DeleteExpiredVersions(repository_, {}, keeper, At(10)),
              IsEmpty());
  EXPECT_EQ(repository_.Versions("m")->size(), 5u);
}

}  // namespace
}  // namespace scoreserve
