#include "models/io/model_repository.h"

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
#include "models/status.h"
#include "tests/support/temp_folder.h"

namespace scoreserve {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

ModelFiles Files(float weight = 1.0f) {
  ModelFiles files;
  files.config.network = "residual_mlp";
  files.config.network_options = {{"width", int64_t{4}}};
  files.config.data.shape = {2};
  files.arrays["w"] = {.shape = {1}, .values = {weight}};
  return files;
}

class ModelRepositoryTest : public testing::Test {
 protected:
  // Publishes `files` as a version of "m".
  int64_t Write(const ModelFiles& files = Files()) {
    const auto version = repository_.Write("m", files);
    EXPECT_TRUE(version.ok()) << version.status();
    return version.value_or(0);
  }

  TempFolder root_;
  const ModelRepository repository_{root_.path()};
};

TEST_F(ModelRepositoryTest, ReadsBackWhatItWrote) {
  EXPECT_EQ(Write(Files(2.5f)), 1);
  const auto files = repository_.Read("m", 1);
  ASSERT_TRUE(files.ok()) << files.status();
  EXPECT_EQ(files->config.network, "residual_mlp");
  EXPECT_THAT(files->arrays.at("w").values, ElementsAre(2.5f));
}

TEST_F(ModelRepositoryTest, VersionsCountUpAndModelsAreListed) {
  EXPECT_EQ(Write(), 1);
  EXPECT_EQ(Write(), 2);
  ASSERT_TRUE(repository_.Write("a", Files()).ok());
  EXPECT_THAT(*repository_.Models(), ElementsAre("a", "m"));
  EXPECT_THAT(*repository_.Versions("m"), ElementsAre(1, 2));
}

TEST_F(ModelRepositoryTest, NumbersAreNotUsedAgainWhileAHigherOneIsThere) {
  Write();
  fs::create_directory(root_ / "m/41");
  EXPECT_EQ(Write(), 42);
}

TEST_F(ModelRepositoryTest, WithoutManifestAVersionIsNotSeen) {
  Write();
  fs::remove(root_ / "m/1/MANIFEST");
  fs::create_directory(root_ / "m/.tmp-1");
  EXPECT_THAT(*repository_.Versions("m"), IsEmpty());
  EXPECT_EQ(ReasonOf(repository_.Read("m", 1).status()),
            Reason::kVersionNotFound);
}

TEST_F(ModelRepositoryTest, FoldersThatAreNoVersionsArePassedOver) {
  Write();
  for (const char* name : {"01", "-1", "0", "one", "1 ", "+3"}) {
    fs::copy(root_ / "m/1", root_ / "m" + ("/" + std::string(name)));
  }
  fs::create_directory(root_ / "lost+found");
  EXPECT_THAT(*repository_.Versions("m"), ElementsAre(1));
  EXPECT_THAT(*repository_.Models(), ElementsAre("m"));
}

TEST_F(ModelRepositoryTest, ConcurrentWritersGetDifferentVersions) {
  constexpr int kWriters = 8;
  std::vector<int64_t> versions(kWriters);
  std::vector<std::thread> writers;
  for (int i = 0; i < kWriters; ++i) {
    writers.emplace_back(
        [&, i] { versions[i] = repository_.Write("m", Files(i)).value_or(0); });
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_THAT(std::set<int64_t>(versions.begin(), versions.end()),
              ElementsAre(1, 2, 3, 4, 5, 6, 7, 8));
  for (int i = 0; i < kWriters; ++i) {
    const auto files = repository_.Read("m", versions[i]);
    ASSERT_TRUE(files.ok()) << files.status();
    EXPECT_THAT(files->arrays.at("w").values, ElementsAre(i));
  }
}

TEST_F(ModelRepositoryTest, ExtraFilesAreKeptAndCovered) {
  ASSERT_TRUE(repository_.Write("m", Files(), {{"loss.csv", "1\n"}}).ok());
  EXPECT_EQ(*ReadFile(root_ / "m/1/loss.csv", 100), "1\n");
  ASSERT_TRUE(WriteFile(root_ / "m/1/loss.csv", "2\n").ok());
  EXPECT_EQ(ReasonOf(repository_.Read("m", 1).status()), Reason::kCorruptModel);
}

TEST_F(ModelRepositoryTest, WhatReadWouldRefuseIsNotPublished) {
  ModelFiles bad_shape = Files();
  bad_shape.arrays["w"].shape = {2};
  ModelFiles bad_scale = Files();
  bad_scale.config.data.scale = 0.0;
  EXPECT_THAT(std::string(repository_.Write("m", bad_shape).status().message()),
              HasSubstr("model.safetensors: tensor 'w'"));
  EXPECT_THAT(std::string(repository_.Write("m", bad_scale).status().message()),
              HasSubstr("config.json: data.scale must be more than 0; was 0"));
  for (const char* name : {"MANIFEST", "config.json", "../x", ".x", ""}) {
    EXPECT_EQ(repository_.Write("m", Files(), {{name, ""}}).status().code(),
              absl::StatusCode::kInvalidArgument);
  }
  EXPECT_FALSE(fs::exists(root_ / "m"));
}

TEST_F(ModelRepositoryTest, NamesAreCheckedBeforeTheDiskIsTouched) {
  const std::string long_name(64, 'a');
  for (const std::string& name :
       {std::string("../m"), std::string("a/b"), std::string(""),
        std::string("."), std::string("M"), std::string("a\0b", 3),
        long_name}) {
    EXPECT_EQ(FieldOf(repository_.Versions(name).status()), "model");
    EXPECT_EQ(FieldOf(repository_.Read(name, 1).status()), "model");
    EXPECT_EQ(FieldOf(repository_.ReadDesired(name).status()), "model");
    EXPECT_EQ(FieldOf(repository_.Write(name, Files()).status()), "model");
  }
  EXPECT_TRUE(CheckModelName("model", "digits-8x8_v1.0").ok());
}

TEST_F(ModelRepositoryTest, WhatIsNotThereIsSaidToBeMissing) {
  EXPECT_EQ(ReasonOf(repository_.Versions("m").status()),
            Reason::kModelNotFound);
  EXPECT_EQ(ReasonOf(repository_.Read("m", 1).status()),
            Reason::kModelNotFound);
  const auto models = ModelRepository(root_ / "nowhere").Models();
  EXPECT_EQ(models.status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(models.status().message()), HasSubstr("nowhere"));
}

TEST_F(ModelRepositoryTest, DesiredStateIsOptional) {
  Write();
  EXPECT_EQ(repository_.ReadDesired("m")->generation, 0);
  ASSERT_TRUE(WriteFile(root_ / "m/desired.json",
                        R"({"generation": 3, "aliases": {"stable": 1}})")
                  .ok());
  const auto desired = repository_.ReadDesired("m");
  ASSERT_TRUE(desired.ok()) << desired.status();
  EXPECT_EQ(desired->generation, 3);
  EXPECT_EQ(desired->aliases.at("stable"), 1);
  EXPECT_FALSE(desired->max_batch_rows.has_value());
}

TEST(DesiredStateTest, RowsOfAPassHaveBounds) {
  EXPECT_EQ(ParseDesiredState(R"({"max_batch_rows": 8})")->max_batch_rows, 8);
  for (const char* rows : {"7", "0", "-1", "1048577"}) {
    const auto refused =
        ParseDesiredState(absl::StrCat(R"({"max_batch_rows": )", rows, "}"));
    EXPECT_EQ(FieldOf(refused.status()), "max_batch_rows") << rows;
    EXPECT_THAT(std::string(refused.status().message()),
                HasSubstr("between 8 and 1048576"))
        << rows;
  }
}

}  // namespace
}  // namespace scoreserve
