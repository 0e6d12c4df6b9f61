// Versions as a client changes and fetches them.

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/synchronization/notification.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/integration/client/clients.h"
#include "tests/support/temp_folder.h"

namespace scoreserve {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::Pair;

class ClientVersionsTest : public ::testing::Test {
 protected:
  // The version that answers who names none.
  int64_t Answering() {
    const std::vector<float> x = {1.0f, 1.0f};
    std::vector<float> score(2);
    const auto version = client_->Score({.model = {"plain"}, .x = x, .rows = 1},
                                        absl::MakeSpan(score));
    EXPECT_TRUE(version.ok()) << version.status();
    return version.value_or(0);
  }

  TempFolder folder_;
  ModelServer server_;
  std::unique_ptr<Client> client_ = NewClient(server_);
};

TEST_F(ClientVersionsTest, PromotesAndRollsBack) {
  ASSERT_EQ(server_.Publish(1.0f), 2);
  const auto promoted = client_->UpdateModel(
      {.model = "plain", .set_aliases = {{"stable", 2}}, .keep = 5});
  ASSERT_TRUE(promoted.ok()) << promoted.status();
  EXPECT_EQ(promoted->version, 2);
  EXPECT_EQ(promoted->generation, 1);
  EXPECT_EQ(promoted->keep, 5);
  EXPECT_THAT(promoted->all_aliases, ElementsAre(Pair("stable", 2)));
  EXPECT_EQ(Answering(), 2);

  const auto back = client_->UpdateModel({.model = "plain",
                                          .set_aliases = {{"stable", 1}},
                                          .expected_generation = 1});
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(Answering(), 1);
  EXPECT_EQ(client_->GetModel({"plain"})->generation, 2);

  const auto late = client_->UpdateModel({.model = "plain",
                                          .set_aliases = {{"stable", 2}},
                                          .expected_generation = 1});
  EXPECT_EQ(late.status().code(), absl::StatusCode::kAborted);
  EXPECT_EQ(DetailsOf(late.status()).reason, "GENERATION_CHANGED");
  EXPECT_EQ(Answering(), 1);
}

TEST_F(ClientVersionsTest, UpdatesWithACallbackToo) {
  absl::Notification done;
  absl::StatusOr<ModelInfo> told;
  client_->UpdateModelAsync(
      {.model = "plain", .set_aliases = {{"canary", 1}}, .canary_share = 0.25},
      [&](absl::StatusOr<ModelInfo> model) {
        told = std::move(model);
        done.Notify();
      });
  done.WaitForNotification();
  ASSERT_TRUE(told.ok()) << told.status();
  EXPECT_EQ(told->canary_share, 0.25);
  EXPECT_THAT(told->all_aliases, ElementsAre(Pair("canary", 1)));
}

TEST_F(ClientVersionsTest, AFetchedVersionIsTheServersOwn) {
  const auto version =
      client_->DownloadVersion({"plain"}, folder_ / "new/models");
  ASSERT_TRUE(version.ok()) << version.status();
  EXPECT_EQ(version->model, "plain");
  EXPECT_EQ(version->version, 1);
  EXPECT_EQ(version->folder, folder_ / "new/models/plain/1");
  int64_t bytes = 0;
  for (const char* name : {"config.json", "model.safetensors", "MANIFEST"}) {
    bytes +=
        static_cast<int64_t>(fs::file_size(fs::path(version->folder) / name));
  }
  EXPECT_EQ(version->bytes, bytes);
  // Nothing else came along.
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_ / "new/models/plain"),
                          fs::directory_iterator()),
            1);
}

TEST_F(ClientVersionsTest, AVersionThatIsThereIsNotFetchedAgain) {
  ASSERT_TRUE(client_->DownloadVersion({"plain"}, folder_.path()).ok());
  const auto again = client_->DownloadVersion({"plain"}, folder_.path());
  EXPECT_EQ(again.status().code(), absl::StatusCode::kAlreadyExists);
}

TEST_F(ClientVersionsTest, AVersionThatIsDamagedThereIsNotPlacedHere) {
  // As long as before, but another file: only the sum tells.
  const std::string path = server_.path() + "/plain/1/model.safetensors";
  std::string bytes(fs::file_size(path), '?');
  FILE* file = std::fopen(path.c_str(), "wb");
  ASSERT_EQ(std::fwrite(bytes.data(), 1, bytes.size(), file), bytes.size());
  std::fclose(file);
  const auto damaged = client_->DownloadVersion({"plain"}, folder_.path());
  EXPECT_EQ(damaged.status().code(), absl::StatusCode::kDataLoss);
  EXPECT_TRUE(fs::is_empty(folder_ / "plain"));
}

TEST_F(ClientVersionsTest, WhatTheServerHasNotLeavesNothingHere) {
  const auto missing = client_->DownloadVersion({"nobody"}, folder_.path());
  EXPECT_EQ(DetailsOf(missing.status()).reason, "MODEL_NOT_FOUND");
  EXPECT_TRUE(fs::is_empty(folder_.path()));
}

}  // namespace
}  // namespace scoreserve
