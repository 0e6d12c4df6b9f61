#include "models/io/model_config.h"

#include <limits>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/io/model_repository.h"
#include "models/status.h"

namespace scoreserve {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

// A config in which `from` is replaced by `to`.
std::string Config(const std::string& from = "", const std::string& to = "") {
  const std::string text = R"({
    "description": "Digits.",
    "network": "residual_mlp",
    "network_options": {"width": 64, "rate": 2.0, "act": "silu", "norm": true},
    "data": {"shape": [8, 8], "offset": 8, "scale": 4.5, "min": 0, "max": 16},
    "label": {"kind": "noise_level", "min": 0.01, "max": 5},
    "provenance": {"seed": "1"}
  })";
  return from.empty() ? text : absl::StrReplaceAll(text, {{from, to}});
}

TEST(ModelConfigTest, ReadsEveryField) {
  const auto config = ParseModelConfig(Config());
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->description, "Digits.");
  EXPECT_EQ(config->network, "residual_mlp");
  EXPECT_EQ(config->network_options, (OptionValues{{"width", int64_t{64}},
                                                   {"rate", 2.0},
                                                   {"act", std::string("silu")},
                                                   {"norm", true}}));
  EXPECT_THAT(config->data.shape, ElementsAre(8, 8));
  EXPECT_EQ(config->data.dim(), 64);
  EXPECT_EQ(config->data.offset, 8);
  EXPECT_EQ(config->data.scale, 4.5);
  EXPECT_EQ(config->data.min, 0);
  EXPECT_EQ(config->data.max, 16);
  EXPECT_EQ(config->label.kind, LabelKind::kNoiseLevel);
  EXPECT_EQ(config->label.min, 0.01);
  EXPECT_EQ(config->label.max, 5);
  EXPECT_EQ(config->provenance.at("seed"), "1");
}

TEST(ModelConfigTest, WritesWhatItReads) {
  const std::string once = ModelConfigToJson(*ParseModelConfig(Config()));
  const auto again = ParseModelConfig(once);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(ModelConfigToJson(*again), once);
  EXPECT_EQ(again->network_options,
            ParseModelConfig(Config())->network_options);
}

// A config of a time label and of classes in which `from` is replaced by `to`.
std::string Timed(const std::string& from = "", const std::string& to = "") {
  const std::string text = R"({
    "network": "residual_mlp",
    "data": {"shape": [2]},
    "label": {"kind": "time", "min": 0.001, "max": 1},
    "process": "vp",
    "process_options": {"beta_min": 0.1, "beta_max": 20},
    "classes": 10
  })";
  return from.empty() ? text : absl::StrReplaceAll(text, {{from, to}});
}

TEST(ModelConfigTest, ReadsAndWritesAProcessAndClasses) {
  const auto config = ParseModelConfig(Timed());
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->label.kind, LabelKind::kTime);
  ASSERT_TRUE(config->process.has_value());
  EXPECT_EQ(config->process->name, "vp");
  EXPECT_EQ(config->process->options,
            (OptionValues{{"beta_min", 0.1}, {"beta_max", int64_t{20}}}));
  EXPECT_EQ(config->classes, 10);
  const std::string once = ModelConfigToJson(*config);
  const auto again = ParseModelConfig(once);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(ModelConfigToJson(*again), once);
  EXPECT_EQ(again->process->options, config->process->options);
  EXPECT_EQ(again->classes, 10);
}

TEST(ModelConfigTest, AProcessGoesWithATimeAndClassesWithAnyLabel) {
  const auto plain = ParseModelConfig(Config());
  ASSERT_TRUE(plain.ok());
  EXPECT_FALSE(plain->process.has_value());
  EXPECT_EQ(plain->classes, 0);
  // What there is not is not written, so files of before stay as they were.
  EXPECT_THAT(ModelConfigToJson(*plain), Not(HasSubstr("process")));
  EXPECT_THAT(ModelConfigToJson(*plain), Not(HasSubstr("classes")));
  EXPECT_EQ(ParseModelConfig(
                Config("\"provenance\"", "\"classes\": 3, \"provenance\""))
                ->classes,
            3);
  EXPECT_TRUE(
      ParseModelConfig(
          Timed(R"("process_options": {"beta_min": 0.1, "beta_max": 20},)",
                " "))
          ->process->options.empty());
}

TEST(ModelConfigTest, RefusalsOfProcessesAndClassesNameTheKey) {
  const struct {
    std::string text;
    const char* message;
  } cases[] = {
      {Timed("\"process\": \"vp\",", " "), "process must be given; was absent"},
      {Timed("\"vp\"", "1"), "process must be text; was 1"},
      {Timed("\"process\"", "\"proces\""), "there is no option 'proces'"},
      {Timed("\"process_options\"", "\"process\""),
       "process must be given once; was given twice"},
      {Timed("20", "[20]"), "process_options.beta_max must be true, false, a "},
      {Timed("20", "1e999"), "must be JSON; at byte"},
      {Timed("{\"beta_min\": 0.1, \"beta_max\": 20}", "7"),
       "process_options must be an object; was an integer"},
      {Timed("beta_min", "beta_max"),
       "process_options.beta_max must be given once"},
      {Timed("10", "-1"), "classes must be between 0 and 1000000; was -1"},
      {Timed("10", "1000001"),
       "classes must be between 0 and 1000000; was 1000001"},
      {Timed("10", "2.5"), "classes must be an integer; was 2.5"},
      {Timed("10", "\"ten\""), "classes must be an integer; was 'ten'"},
      // A process beside any other label is an unknown key.
      {Config("\"provenance\"", "\"process\": \"ve\", \"provenance\""),
       "there is no option 'process'"},
      {Config("\"provenance\"", "\"process_options\": {}, \"provenance\""),
       "there is no option 'process_options'"},
  };
  for (const auto& c : cases) {
    const absl::Status status = ParseModelConfig(c.text).status();
    EXPECT_EQ(ReasonOf(status), Reason::kInvalidField) << c.message;
    EXPECT_THAT(std::string(status.message()), HasSubstr(c.message));
  }
}

TEST(ModelConfigTest, WhatHasADefaultMayBeLeftOut) {
  const auto config = ParseModelConfig(
      R"({"network": "n", "data": {"shape": [2]}, "label": {"kind": "none"}})");
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->data.scale, 1.0);
  EXPECT_FALSE(config->data.min.has_value());
  EXPECT_TRUE(ParseModelConfig(ModelConfigToJson(*config)).ok());
}

TEST(ModelConfigTest, RefusalsNameTheKey) {
  const struct {
    std::string text;
    const char* message;
  } cases[] = {
      {Config("4.5", "0"), "data.scale must be more than 0; was 0"},
      {Config("4.5", "-1.5"), "data.scale must be more than 0; was -1.5"},
      {Config("4.5", "1e999"), "must be JSON; at byte"},
      {Config("4.5", "NaN"), "must be JSON; at byte"},
      {Config("4.5", "\"4\""), "data.scale must be a number; was '4'"},
      {Config("4.5", "null"), "data.scale must be true, false, a number or"},
      {Config("\"scale\"", "\"scal\""),
       "in data, there is no option 'scal'; there are: shape, offset, scale"},
      {Config("\"scale\"", "\"offset\""),
       "data.offset must be given once; was given twice"},
      {Config("\"provenance\"", "\"data\""),
       "data must be given once; was given twice"},
      {Config("\"network\"", "\"netwrk\""), "there is no option 'netwrk'"},
      {Config("\"network\": \"residual_mlp\",", ""),
       "network must be given; was absent"},
      {Config("\"residual_mlp\"", "1"), "network must be text; was 1"},
      {Config("64", "[1]"), "network_options.width must be true, false, a "},
      {Config("[8, 8]", "[]"), "data.shape must be the sizes of one row"},
      {Config("[8, 8]", "8"), "data.shape must be an array; was an integer"},
      {Config("[8, 8]", "[8, 0]"), "data.shape[1] must be at least 1; was 0"},
      {Config("[8, 8]", "[8, 8.5]"), "data.shape[1] must be an integer"},
      {Config("[8, 8]", "[16777216, 2]"),
       "data.shape must be at most 16777216 numbers; was more"},
      {Config("\"max\": 16", "\"max\": -1"),
       "data.max must be at least data.min, 0; was -1"},
      {Config("noise_level", "sigma"),
       "label.kind must be none, noise_level or time; was 'sigma'"},
      {Config("noise_level", "none"), "in label, there is no option 'max'"},
      {Config("0.01", "-1"), "label.min must be at least 0; was -1"},
      {Config("0.01", "6"), "label.max must be at least label.min, 6; was 5"},
      {Config("\"1\"", "1"), "provenance.seed must be text; was 1"},
      {"", "must be JSON; at byte 1"},
      {"[]", "the text must be an object; was an array"},
      {Config() + "x", "must be JSON; at byte"},
      {"{\"a\": \"\xff\"}", "must be JSON; at byte"},
      {std::string(100'000, '['), "must be nested at most 8 deep"},
      {std::string((1 << 20) + 1, ' '), "must be at most 1048576 bytes long"},
      {absl::StrCat("{\"", std::string(300, 'k'), "\": 1}"),
       "keys must be at most 256 bytes long; one was 300"},
  };
  for (const auto& c : cases) {
    const absl::Status status = ParseModelConfig(c.text).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(ReasonOf(status), Reason::kInvalidField) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr(c.message));
  }
}

TEST(ModelConfigTest, LabelsAreTakenInsideTheirRangeAlone) {
  const LabelRule rule = {LabelKind::kNoiseLevel, 0.5, 2.0};
  EXPECT_TRUE(CheckLabel(rule, "label", 0.5).ok());
  EXPECT_TRUE(CheckLabel(rule, "label", 2.0).ok());
  EXPECT_EQ(CheckLabel(rule, "label", 2.5).message(),
            "label must be between 0.5 and 2; was 2.5");
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(FieldOf(CheckLabel(rule, "label", nan)), "label");
  EXPECT_TRUE(CheckLabel({}, "label", 0.0).ok());
  EXPECT_THAT(std::string(CheckLabel({}, "label", 1.0).message()),
              HasSubstr("takes no label"));
}

TEST(DesiredStateTest, RefusalsNameTheKey) {
  const struct {
    const char* text;
    const char* message;
  } cases[] = {
      {R"({"generation": -1})", "generation must be at least 0; was -1"},
      {R"({"aliases": {"stable": 0}})",
       "aliases.stable must be more than 0; was 0"},
      {R"({"aliases": {"../x": 1}})", "aliases must be [a-z0-9]"},
      {R"({"aliases": {"a": 1, "a": 2}})", "aliases.a must be given once"},
      {R"({"max_batch_rows": 0})",
       "max_batch_rows must be between 8 and 1048576; was 0"},
      {R"({"batch": 1})", "there is no option 'batch'"},
  };
  for (const auto& c : cases) {
    const absl::Status status = ParseDesiredState(c.text).status();
    EXPECT_THAT(std::string(status.message()), HasSubstr(c.message));
  }
}

}  // namespace
}  // namespace scoreserve
