#include "models/training/checkpoint_index.h"

#include <string>

#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/io/json.h"
#include "models/io/json_text.h"
#include "models/io/sha256.h"
#include "models/status.h"

namespace scoreserve {
namespace {

using ::testing::HasSubstr;

CheckpointIndex Index() {
  CheckpointIndex index = {.run = {{"seed", "1"}, {"network", "\"mlp\""}},
                           .numerics = "libtorch 2, cpu intel AVX2",
                           .seeds = {}};
  index.seeds[18'446'744'073'709'551'615u] = {
      .file = "seed-18446744073709551615-step-3.safetensors",
      .entry = EntryFor("state"),
      .record = {.first_hold_out = 0.1, .loss_sum = 1.0 / 3.0, .losses = 3}};
  index.seeds[2].file = "seed-2-step-1.safetensors";
  return index;
}

// `text` with something of the run changed and the sum made good.
std::string Forged(const std::string& from, const std::string& to) {
  std::string text = SerializeCheckpointIndex(Index());
  text = absl::StrReplaceAll(text, {{from, to}});
  const Json root = *ParseJson(text);
  const Json& run = std::get<JsonObject>(root.value).at("run");
  return JsonText(
      {JsonObject{{"run", run}, {"sha256", Json{Sha256Hex(JsonText(run))}}}});
}

TEST(CheckpointIndexTest, ReadsBackTheSame) {
  const std::string text = SerializeCheckpointIndex(Index());
  const auto read = ParseCheckpointIndex(text);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->run, Index().run);
  EXPECT_EQ(read->numerics, Index().numerics);
  EXPECT_EQ(read->seeds.at(18'446'744'073'709'551'615u).record.loss_sum,
            1.0 / 3.0);
  EXPECT_EQ(SerializeCheckpointIndex(*read), text);
}

TEST(CheckpointIndexTest, RefusesWhatItDidNotWrite) {
  const auto message = [](const std::string& text) {
    return std::string(ParseCheckpointIndex(text).status().message());
  };
  EXPECT_THAT(message("{}"), HasSubstr("sha256 must be given"));
  EXPECT_THAT(message(absl::StrReplaceAll(SerializeCheckpointIndex(Index()),
                                          {{"AVX2", "AVX9"}})),
              HasSubstr("sha256 must be "));
  EXPECT_THAT(message(Forged("seed-2-step-1.safetensors", "../elsewhere")),
              HasSubstr("'../elsewhere'"));
  EXPECT_THAT(message(Forged("\"2\":", "\"two\":")),
              HasSubstr("seeds.two must be a seed; was two"));
  EXPECT_THAT(message(Forged("\"seed\":\"1\"", "\"seed\":1")),
              HasSubstr("identity.seed must be text"));
  EXPECT_THAT(message(Forged("\"numerics\"", "\"numeric\"")),
              HasSubstr("numeric"));
}

}  // namespace
}  // namespace scoreserve
