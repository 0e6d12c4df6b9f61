#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/io/files.h"
#include "models/io/model_repository.h"
#include "models/status.h"
#include "tests/support/temp_folder.h"

namespace scoreserve {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

ModelFiles Files() {
  ModelFiles files;
  files.config.network = "residual_mlp";
  files.config.data.shape = {2};
  files.arrays["w"] = {.shape = {1}, .values = {1.0f}};
  return files;
}

absl::Status Nothing(DesiredState&) { return absl::OkStatus(); }

class UpdateDesiredTest : public testing::Test {
 protected:
  UpdateDesiredTest() { EXPECT_TRUE(repository_.Write("m", Files()).ok()); }

  // What lies in the folder of the model.
  std::set<std::string> Names() const {
    std::set<std::string> names;
    for (const auto& entry : fs::directory_iterator(root_ / "m")) {
      names.insert(entry.path().filename().string());
    }
    return names;
  }

  TempFolder root_;
  const ModelRepository repository_{root_.path()};
};

TEST(DesiredTextTest, IsReadBackAsItWas) {
  DesiredState desired;
  desired.generation = 7;
  desired.aliases = {{"stable", 3}, {"canary", 4}};
  desired.canary_share = 0.1;
  desired.keep = 5;
  desired.max_batch_rows = 64;
  desired.memory = int64_t{1} << 33;
  const auto read = ParseDesiredState(SerializeDesiredState(desired));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->generation, 7);
  EXPECT_THAT(read->aliases, ElementsAre(Pair("canary", 4), Pair("stable", 3)));
  EXPECT_EQ(read->canary_share, 0.1);
  EXPECT_EQ(read->keep, 5);
  EXPECT_EQ(read->max_batch_rows, 64);
  EXPECT_EQ(read->memory, int64_t{1} << 33);

  const auto empty = ParseDesiredState(SerializeDesiredState({}));
  ASSERT_TRUE(empty.ok()) << empty.status();
  EXPECT_EQ(empty->canary_share, 0.0);
  EXPECT_FALSE(empty->keep.has_value());
  EXPECT_FALSE(empty->max_batch_rows.has_value());
  EXPECT_FALSE(empty->memory.has_value());
}

TEST(DesiredTextTest, SharesAndCountsHaveBounds) {
  for (const char* share : {"-0.1", "1.1", "\"half\""}) {
    EXPECT_EQ(FieldOf(ParseDesiredState(
                          absl::StrCat(R"({"canary_share": )", share, "}"))
                          .status()),
              "canary_share");
  }
  for (const char* keep : {"0", "-1", "1.5"}) {
    EXPECT_EQ(FieldOf(ParseDesiredState(absl::StrCat(R"({"keep": )", keep, "}"))
                          .status()),
              "keep");
  }
  for (const char* memory : {"0", "-1", "1.5", "\"8GiB\""}) {
    EXPECT_EQ(
        FieldOf(ParseDesiredState(absl::StrCat(R"({"memory": )", memory, "}"))
                    .status()),
        "memory");
  }
}

TEST_F(UpdateDesiredTest, AnUpdateIsWrittenAndCountsTheGeneration) {
  const auto first = repository_.UpdateDesired("m", 0, [](DesiredState& d) {
    d.aliases["stable"] = 1;
    return absl::OkStatus();
  });
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(first->generation, 1);
  const auto second =
      repository_.UpdateDesired("m", std::nullopt, [](DesiredState& d) {
        EXPECT_EQ(d.aliases.at("stable"), 1);
        d.canary_share = 0.5;
        d.generation = 100;  // Is not for the change to say.
        return absl::OkStatus();
      });
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(second->generation, 2);
  const auto read = repository_.ReadDesired("m");
  EXPECT_EQ(read->generation, 2);
  EXPECT_EQ(read->aliases.at("stable"), 1);
  EXPECT_EQ(read->canary_share, 0.5);
  EXPECT_THAT(Names(), ElementsAre("1", "desired.json"));
}

TEST_F(UpdateDesiredTest, AnotherGenerationThanExpectedChangesNothing) {
  ASSERT_TRUE(repository_.UpdateDesired("m", 0, Nothing).ok());
  const auto refused = repository_.UpdateDesired("m", 0, [](DesiredState& d) {
    ADD_FAILURE() << "is not called";
    d.keep = 1;
    return absl::OkStatus();
  });
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kAborted);
  EXPECT_EQ(ReasonOf(refused.status()), Reason::kGenerationChanged);
  EXPECT_THAT(std::string(refused.status().message()),
              HasSubstr("must be 0; was 1"));
  EXPECT_EQ(repository_.ReadDesired("m")->generation, 1);
}

TEST_F(UpdateDesiredTest, AChangeThatFailsChangesNothing) {
  const auto failed = repository_.UpdateDesired("m", 0, [](DesiredState& d) {
    d.keep = 1;
    return absl::OutOfRangeError("no");
  });
  EXPECT_EQ(failed.status(), absl::OutOfRangeError("no"));
  const auto unreadable =
      repository_.UpdateDesired("m", 0, [](DesiredState& d) {
        d.aliases["Stable"] = 1;
        return absl::OkStatus();
      });
  EXPECT_EQ(FieldOf(unreadable.status()), "aliases");
  EXPECT_THAT(Names(), ElementsAre("1"));
}

TEST_F(UpdateDesiredTest, AModelThatIsNotThereHasNone) {
  const auto missing = repository_.UpdateDesired("other", 0, Nothing);
  EXPECT_EQ(ReasonOf(missing.status()), Reason::kModelNotFound);
  EXPECT_EQ(FieldOf(repository_.UpdateDesired("../m", 0, Nothing).status()),
            "model");
  EXPECT_FALSE(fs::exists(root_ / "other"));
}

TEST_F(UpdateDesiredTest, AFileThatIsDamagedIsNotOverwritten) {
  ASSERT_TRUE(WriteFile(root_ / "m/desired.json", "{").ok());
  EXPECT_FALSE(repository_.UpdateDesired("m", std::nullopt, Nothing).ok());
  EXPECT_EQ(*ReadFile(root_ / "m/desired.json", 100), "{");
}

TEST_F(UpdateDesiredTest, OfThoseThatExpectOneGenerationOneIsFirst) {
  constexpr int kThreads = 8;
  constexpr int64_t kRounds = 25;
  std::vector<std::thread> threads;
  std::atomic<int> updated = 0, refused = 0;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      // Every one tries until its own update of each round is the one, or
      // another's was.
      for (int64_t round = 0; round < kRounds; ++round) {
        const auto mine =
            repository_.UpdateDesired("m", round, [](DesiredState& d) {
              ++d.aliases["count"];
              return absl::OkStatus();
            });
        if (mine.ok()) {
          ++updated;
        } else {
          EXPECT_EQ(ReasonOf(mine.status()), Reason::kGenerationChanged);
          ++refused;
        }
        // The next round begins once this one has been won.
        while (repository_.ReadDesired("m")->generation <= round) {
          std::this_thread::yield();
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(updated, kRounds);
  EXPECT_EQ(refused, (kThreads - 1) * kRounds);
  const auto read = repository_.ReadDesired("m");
  EXPECT_EQ(read->generation, kRounds);
  EXPECT_EQ(read->aliases.at("count"), kRounds);
}

TEST_F(UpdateDesiredTest, NoUpdateOfManyIsLost) {
  constexpr int kThreads = 8, kUpdates = 20;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int update = 0; update < kUpdates; ++update) {
        const auto done =
            repository_.UpdateDesired("m", std::nullopt, [](DesiredState& d) {
              ++d.aliases["count"];
              return absl::OkStatus();
            });
        EXPECT_TRUE(done.ok()) << done.status();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const auto read = repository_.ReadDesired("m");
  EXPECT_EQ(read->generation, kThreads * kUpdates);
  EXPECT_EQ(read->aliases.at("count"), kThreads * kUpdates);
}

TEST_F(UpdateDesiredTest, AFolderThatCannotBeWrittenIsNamed) {
  // What root may not write either: a mount that is read-only, which nobody but
  // this process sees.
  const std::string folder = root_ / "m";
  const bool root = ::geteuid() == 0;
  if (!root) {
    fs::permissions(folder, fs::perms::owner_read | fs::perms::owner_exec);
  } else if (::unshare(CLONE_NEWNS) != 0 ||
             ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) !=
                 0 ||
             ::mount(folder.c_str(), folder.c_str(), nullptr, MS_BIND,
                     nullptr) != 0 ||
             ::mount(nullptr, folder.c_str(), nullptr,
                     MS_BIND | MS_REMOUNT | MS_RDONLY, nullptr) != 0) {
    ::umount(folder.c_str());
    GTEST_SKIP() << "root may not mount here";
  }
  const auto refused = repository_.UpdateDesired("m", 0, Nothing);
  const absl::Status kept = repository_.Delete("m", 1);
  if (root) {
    ::umount(folder.c_str());
  } else {
    fs::permissions(folder, fs::perms::owner_all);
  }
  for (const absl::Status& status : {refused.status(), kept}) {
    EXPECT_EQ(status.code(), absl::StatusCode::kPermissionDenied) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr(folder));
  }
  EXPECT_THAT(Names(), ElementsAre("1"));
}

TEST_F(UpdateDesiredTest, ADeletedVersionLeavesNothing) {
  ASSERT_TRUE(repository_.Write("m", Files()).ok());
  EXPECT_TRUE(repository_.Delete("m", 1).ok());
  EXPECT_THAT(Names(), ElementsAre("2"));
  EXPECT_EQ(ReasonOf(repository_.Delete("m", 1)), Reason::kVersionNotFound);
  EXPECT_EQ(ReasonOf(repository_.Delete("other", 1)), Reason::kModelNotFound);
  EXPECT_THAT(Names(), ElementsAre("2"));
}

TEST_F(UpdateDesiredTest, AVersionWithAnAliasIsNotDeleted) {
  ASSERT_TRUE(
      WriteFile(root_ / "m/desired.json", R"({"aliases": {"best": 1}})").ok());
  const absl::Status refused = repository_.Delete("m", 1);
  EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(refused.message()), HasSubstr("alias 'best'"));
  EXPECT_TRUE(repository_.Read("m", 1).ok());
}

TEST_F(UpdateDesiredTest, AVersionIsSeenWholeOrNotAtAllWhileItIsDeleted) {
  constexpr int64_t kVersions = 40;
  for (int64_t version = 2; version <= kVersions; ++version) {
    ASSERT_TRUE(repository_.Write("m", Files()).ok());
  }
  std::atomic<bool> done = false;
  std::thread reader([&] {
    while (!done) {
      const auto versions = repository_.Versions("m");
      ASSERT_TRUE(versions.ok());
      for (const int64_t version : *versions) {
        const auto files = repository_.Read("m", version);
        if (!files.ok()) {
          EXPECT_EQ(ReasonOf(files.status()), Reason::kVersionNotFound)
              << files.status();
        }
      }
    }
  });
  for (int64_t version = 1; version < kVersions; ++version) {
    EXPECT_TRUE(repository_.Delete("m", version).ok());
    EXPECT_THAT(Names(),
                testing::Not(testing::Contains(absl::StrCat(version))));
  }
  done = true;
  reader.join();
  EXPECT_THAT(Names(), ElementsAre(absl::StrCat(kVersions)));
}

}  // namespace
}  // namespace scoreserve
