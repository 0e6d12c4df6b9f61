#include "models/training/checkpoint_folder.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/io/files.h"
#include "models/status.h"
#include "tests/support/temp_folder.h"

namespace scoreserve {
namespace {

using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

const RunIdentity kRun = {{"network", "mlp"}, {"seed", "1"}};

// Of a network of one weight, which says how many steps are done.
TrainerState State(int64_t steps) {
  const auto one = [](float value) {
    return NamedArrays{{"w", {.shape = {1}, .values = {value}}}};
  };
  const auto value = static_cast<float>(steps);
  return {.steps_done = steps,
          .weights = one(value),
          .averaged = one(value / 3),
          .means = one(value / 7),
          .squares = one(value * value)};
}

TrainingRecord Record(int64_t steps) {
  return {.first_hold_out = 1.0,
          .curve = {},
          .loss_sum = 0.1 * static_cast<double>(steps),
          .losses = steps,
          .seconds = 1.0};
}

class CheckpointFolderTest : public ::testing::Test {
 protected:
  absl::StatusOr<CheckpointFolder> Open(const RunIdentity& run = kRun) const {
    return CheckpointFolder::Open(folder_, run);
  }

  void Save(int64_t steps, uint64_t seed = 1) const {
    auto checkpoint = Open();
    ASSERT_TRUE(checkpoint.ok()) << checkpoint.status();
    const absl::Status saved =
        checkpoint->Save(seed, State(steps), Record(steps));
    ASSERT_TRUE(saved.ok()) << saved;
  }

  // The steps that the checkpoint has of seed 1; −1: none.
  int64_t Steps() const {
    const auto checkpoint = Open();
    EXPECT_TRUE(checkpoint.ok()) << checkpoint.status();
    const auto record = checkpoint->Record(1);
    if (!record.has_value()) return -1;
    const auto state = checkpoint->ReadState(1);
    EXPECT_TRUE(state.ok()) << state.status();
    EXPECT_EQ(StateToArrays(*state).at("squares/w").values,
              StateToArrays(State(record->losses)).at("squares/w").values);
    EXPECT_EQ(record->loss_sum, 0.1 * static_cast<double>(record->losses));
    return state->steps_done;
  }

  std::vector<std::string> Names() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
      names.push_back(entry.path().filename().string());
    }
    return names;
  }

  std::string Path(const std::string& name) const {
    return folder_ + "/" + name;
  }

  const TempFolder parent_;
  const std::string folder_ = parent_ / "run/checkpoint";
};

TEST_F(CheckpointFolderTest, HoldsTheNewestOfEachSeedAndNothingElse) {
  EXPECT_EQ(Steps(), -1);
  Save(10);
  Save(20);
  Save(15, 2);
  EXPECT_EQ(Steps(), 20);
  EXPECT_EQ(Open()->ReadState(2)->steps_done, 15);
  EXPECT_EQ(Open()->Record(3), std::nullopt);
  EXPECT_THAT(Names(), UnorderedElementsAre("checkpoint.json",
                                            "seed-1-step-20.safetensors",
                                            "seed-2-step-15.safetensors"));
}

TEST_F(CheckpointFolderTest, AnotherRunIsRefusedAndNothingIsTouched) {
  Save(10);
  const std::string before = *ReadFile(Path("checkpoint.json"), 1 << 20);
  const absl::Status status =
      Open({{"network", "mlp"}, {"seed", "2"}}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(status.message(), "seed must be 1, as in the checkpoint in " +
                                  folder_ +
                                  " (delete that to begin anew); was 2");
  EXPECT_EQ(*ReadFile(Path("checkpoint.json"), 1 << 20), before);
  EXPECT_EQ(Steps(), 10);
}

TEST_F(CheckpointFolderTest, AKillBetweenTheFilesLeavesTheCheckpointBefore) {
  Save(10);
  std::filesystem::copy(folder_, parent_ / "before");
  Save(20);
  // What is there between any two operations of the second Save(): a part of
  // the new state, all of it, a part of the new index.
  const std::string state = *ReadFile(Path("seed-1-step-20.safetensors"), 4096);
  const std::string index = *ReadFile(Path("checkpoint.json"), 1 << 20);
  const std::pair<std::string, std::string> left[] = {
      {"seed-1-step-20.safetensors.tmp", state.substr(0, 100)},
      {"seed-1-step-20.safetensors", state},
      {"checkpoint.json.tmp", index.substr(0, 100)}};
  std::filesystem::remove_all(folder_);
  std::filesystem::copy(parent_ / "before", folder_);
  for (const auto& [name, contents] : left) {
    ASSERT_TRUE(WriteFile(Path(name), contents).ok());
    EXPECT_EQ(Steps(), 10) << name;
  }
  // And it goes on over them, and tidies up.
  Save(20);
  EXPECT_EQ(Steps(), 20);
  EXPECT_EQ(Names().size(), 2u);
}

TEST_F(CheckpointFolderTest, AKillBeforeTheOldStateIsDeletedLeavesTheNew) {
  Save(10);
  std::filesystem::copy(folder_, parent_ / "before");
  Save(20);
  std::filesystem::copy(parent_ / "before/seed-1-step-10.safetensors", folder_);
  EXPECT_EQ(Steps(), 20);
}

TEST_F(CheckpointFolderTest, AnyDamageIsSaid) {
  Save(10);
  const auto refused = [&](const std::string& name) {
    auto checkpoint = Open();
    absl::Status status = checkpoint.status();
    if (status.ok()) status = checkpoint->ReadState(1).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << name;
    EXPECT_EQ(ReasonOf(status), Reason::kCorruptModel) << status;
    EXPECT_THAT(status.message(),
                HasSubstr(Path(name) + ": the checkpoint is damaged: "));
  };
  for (const std::string name :
       {"checkpoint.json", "seed-1-step-10.safetensors"}) {
    const std::string good = *ReadFile(Path(name), 1 << 20);
    for (size_t i = 0; i + 1 < good.size(); i += 3) {
      std::string bad = good;
      bad[i] = static_cast<char>(bad[i] ^ 1);
      ASSERT_TRUE(WriteFile(Path(name), bad).ok());
      refused(name);
    }
    for (const size_t size : {size_t{0}, size_t{1}, good.size() / 2}) {
      ASSERT_TRUE(WriteFile(Path(name), good.substr(0, size)).ok());
      refused(name);
    }
    ASSERT_TRUE(WriteFile(Path(name), good).ok());
    EXPECT_EQ(Steps(), 10);
  }
  std::filesystem::remove(Path("seed-1-step-10.safetensors"));
  refused("seed-1-step-10.safetensors");
}

TEST_F(CheckpointFolderTest, AFailedSaveLeavesTheCheckpointBefore) {
  Save(10);
  std::filesystem::create_directories(Path("checkpoint.json.tmp/in the way"));
  {
    auto checkpoint = Open();
    EXPECT_FALSE(checkpoint->Save(1, State(20), Record(20)).ok());
    EXPECT_EQ(checkpoint->ReadState(1)->steps_done, 10);
  }
  EXPECT_EQ(Steps(), 10);
}

TEST_F(CheckpointFolderTest, OnlyOneProcessAtATime) {
  auto first = Open();
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(
      Open().status().message(),
      "checkpoint must be a folder that no other process uses; was " + folder_);
  const CheckpointFolder moved = *std::move(first);
  EXPECT_FALSE(Open().ok());
}

TEST_F(CheckpointFolderTest, DeletesWhatIsItsOwn) {
  Save(10);
  ASSERT_TRUE(Open()->Delete().ok());
  EXPECT_FALSE(std::filesystem::exists(folder_));
  Save(10);
  std::ofstream(Path("notes.txt")) << "mine";
  std::ofstream(Path("seed-list.txt")) << "mine";
  ASSERT_TRUE(Open()->Delete().ok());
  EXPECT_THAT(Names(), UnorderedElementsAre("notes.txt", "seed-list.txt"));
  EXPECT_EQ(Steps(), -1);
}

}  // namespace
}  // namespace scoreserve
