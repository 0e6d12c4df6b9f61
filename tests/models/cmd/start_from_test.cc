// Training that begins with a version of a model.

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/io/model_repository.h"
#include "models/io/safetensors.h"
#include "models/training/data_set.h"
#include "models/training/trainer.h"
#include "tests/models/cmd/scoretrain_program.h"
#include "tests/support/one_thread.h"
#include "tests/support/temp_folder.h"

namespace scoreserve {
namespace {

using ::testing::HasSubstr;

class StartFromTest : public ::testing::Test {
 protected:
  // "first" has two versions.
  StartFromTest() {
    std::ofstream rows(folder_ / "rows.csv"), more(folder_ / "more.csv");
    for (int i = 0; i < 40; ++i) {
      rows << i << "," << (7 * i) % 20 << "," << i % 2 << "\n";
      more << 50 - i << "," << (3 * i) % 17 << "," << i % 3 << "\n";
    }
    rows.close();
    more.close();
    for (const char* seed : {"1", "2"}) {
      EXPECT_EQ(TrainInProcess("--data " + folder_ / "rows.csv" +
                               " --columns 0:2 --class-column 2 --range 0,40 "
                               "--set width=8 --set blocks=1 --label-range "
                               "0.1,20 --steps 20 --batch 8 --seed " +
                               seed + Output("first"))
                    .exit_code,
                0);
    }
  }

  std::string Output(const std::string& model) const {
    return " --repository " + folder_ / "models" + " --model " + model;
  }

  // Twelve steps on the other rows.
  std::string Arguments(const std::string& start,
                        const std::string& more = "") const {
    return "--data " + folder_ / "more.csv" +
           " --columns 0:2 --steps 12 --batch 7 --seed 3 --start-from " +
           folder_ / "models/" + start + Output("next") + " " + more;
  }

  Result Train(const std::string& start, const std::string& more = "") const {
    return TrainInProcess(Arguments(start, more));
  }

  // Its line without the program's name.
  std::string Refusal(const std::string& start,
                      const std::string& more = "") const {
    const Result result = Train(start, more);
    EXPECT_EQ(result.exit_code, 2) << result.output;
    EXPECT_FALSE(std::filesystem::exists(folder_ / "models/next"));
    return result.output.substr(result.output.find(' ') + 1);
  }

  ModelFiles Version(const std::string& model, int64_t version) const {
    return *ModelRepository(folder_ / "models").Read(model, version);
  }

  // The version that "next" began with.
  std::string StartOf(int64_t version) const {
    return Version("next", version).config.provenance.at("start_from");
  }

  const TempFolder folder_;
};

TEST_F(StartFromTest, IsTheTrainerOfTheseWeightsBitForBit) {
  ASSERT_EQ(Train("first@1").exit_code, 0);
  const ModelFiles start = Version("first", 1);
  const DataSpace& space = start.config.data;
  const DataSet data = *ReadDataSet({.path = folder_ / "more.csv",
                                     .end_column = 2,
                                     .offset = space.offset,
                                     .scale = space.scale});
  const auto trainer =
      *Trainer::New(start.config, *NewObjective("denoising", {}, start.config),
                    {.batch = 7, .steps = 12}, 3, &start.arrays);
  const ConditionedRows rows = {.x = ToModelSpace(data.training, space)};
  for (int k = 0; k < 12; ++k) ASSERT_TRUE(trainer->Step(rows).ok());
  EXPECT_EQ(SerializeSafetensors(Version("next", 1).arrays),
            SerializeSafetensors(trainer->EmaWeights()));
}

TEST_F(StartFromTest, TheVersionDecidesWhatTheModelIs) {
  ASSERT_EQ(Train("first@2").exit_code, 0);
  ModelConfig first = Version("first", 2).config;
  ModelConfig next = Version("next", 1).config;
  EXPECT_EQ(next.description, "Trained on " + folder_ / "more.csv" + ", from " +
                                  folder_ / "models/first@2" + ".");
  EXPECT_EQ(next.provenance.at("seed"), "3");
  EXPECT_EQ(next.provenance.count("class_column"), 0u);
  for (ModelConfig* config : {&first, &next}) {
    config->description.clear();
    config->provenance.clear();
  }
  EXPECT_EQ(ModelConfigToJson(next), ModelConfigToJson(first));
}

TEST_F(StartFromTest, WithoutAVersionItIsTheOneThatIsServed) {
  ASSERT_EQ(Train("first").exit_code, 0);
  EXPECT_EQ(StartOf(1), folder_ / "models/first@2");
  std::ofstream(folder_ / "models/first/desired.json")
      << R"({"generation": 1, "aliases": {"stable": 1}})";
  ASSERT_EQ(Train("first").exit_code, 0);
  EXPECT_EQ(StartOf(2), folder_ / "models/first@1");
}

TEST_F(StartFromTest, RefusesWhatTheVersionDecides) {
  for (const char* more :
       {"--network mlp", "--set width=8", "--process vp", "--shape 2",
        "--process-set beta_max=15", "--label-range 0.1,20", "--offset 0",
        "--scale 1", "--range 0,50"}) {
    EXPECT_THAT(Refusal("first@1", more),
                HasSubstr(" must be absent where start-from is, whose version "
                          "decides it; was given"))
        << more;
  }
  EXPECT_EQ(Refusal("first@1", "--class-column 2"),
            "class-column must be of classes from 0 to 1, those of the version "
            "that start-from names; was 2 in a row\n");
  EXPECT_EQ(Refusal("first@1", "--columns 0:1"),
            "shape must be of product 1, the number of columns; was of product "
            "2\n");
}

TEST_F(StartFromTest, RefusesWhatIsNoVersion) {
  for (const char* start :
       {"first@0", "first@x", "first@", "@1", "", "First@1"}) {
    EXPECT_THAT(Refusal(start),
                HasSubstr("start-from must be REPOSITORY/MODEL or "
                          "REPOSITORY/MODEL@VERSION; was '"))
        << start;
  }
  EXPECT_EQ(Refusal("first@3"),
            "model 'first' has no version 3 with a MANIFEST\n");
  EXPECT_EQ(Refusal("second"), "cannot find " + folder_ / "models/second" +
                                   ": No such file or directory\n");
}

TEST_F(StartFromTest, IsPartOfWhatACheckpointIsOf) {
  ASSERT_EQ(Train("first@1").exit_code, 0);
  const std::string checkpoint = " --checkpoint " + folder_ / "ck";
  ASSERT_EQ(Train("first@1", "--stop-after 5" + checkpoint).exit_code, 130);
  const Result other = Train("first@2", checkpoint);
  EXPECT_EQ(other.exit_code, 2);
  EXPECT_THAT(other.output, HasSubstr("start-from must be weights of sha256 "));
  EXPECT_THAT(other.output, HasSubstr(", as in the checkpoint in "));
  const Result resumed = Train("first@1", checkpoint);
  EXPECT_EQ(resumed.output, "resumed at step 5 of 12\n");
  EXPECT_EQ(Contents(folder_ / "models/next/1/model.safetensors"),
            Contents(folder_ / "models/next/2/model.safetensors"));
}

}  // namespace
}  // namespace scoreserve
