#include "client/cmd/diagnostics.h"

#include <limits>
#include <string>

#include "gtest/gtest.h"

namespace scoreserve::ctl {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

Diagnostics Some() {
  return {.chains = 16,
          .steps = 900,
          .acceptance_rate = 0.574,
          .mean_score_norm = 1.25,
          .mixing = {{.quantity = "score_norm",
                      .mean = 1.25,
                      .split_r_hat = 1.0126,
                      .effective_sample_size = 411.6},
                     {.quantity = "projection_0",
                      .mean = -0.00012346,
                      .split_r_hat = 1.002,
                      .effective_sample_size = 812.0}}};
}

TEST(DiagnosticsTest, TheNoteHasTheWorstOfAllQuantities) {
  EXPECT_EQ(DiagnosticsNote(Some()), "R-hat 1.013  ESS 412  57% accepted");
  Diagnostics langevin = Some();
  langevin.acceptance_rate.reset();
  EXPECT_EQ(DiagnosticsNote(langevin), "R-hat 1.013  ESS 412");
}

TEST(DiagnosticsTest, WhatIsNotKnownIsNotTold) {
  Diagnostics early = Some();
  for (Mixing& mixing : early.mixing) {
    mixing.split_r_hat = mixing.effective_sample_size = kNan;
  }
  EXPECT_EQ(DiagnosticsNote(early), "R-hat -  ESS -  57% accepted");
  const Json json = DiagnosticsJson(early);
  EXPECT_TRUE(json["mixing"][0]["split_r_hat"].is_null());
  EXPECT_EQ(json["mixing"][0]["mean"], 1.25);
  EXPECT_EQ(DiagnosticsNote({.chains = 16}), "burning in");
}

TEST(DiagnosticsTest, TheTextHasALineForEachQuantity) {
  EXPECT_EQ(DiagnosticsText(Some()),
            "diagnostics of 16 chains over 900 steps, 57.4% of proposals "
            "accepted\n"
            "quantity      mean        R-hat  ESS\n"
            "score_norm    1.25        1.013  412\n"
            "projection_0  -0.0001235  1.002  812\n");
}

TEST(DiagnosticsTest, JsonHasAllThatThereIs) {
  const Json json = DiagnosticsJson(Some());
  EXPECT_EQ(json["chains"], 16);
  EXPECT_EQ(json["steps"], 900);
  EXPECT_EQ(json["acceptance_rate"], 0.574);
  EXPECT_EQ(json["mean_score_norm"], 1.25);
  EXPECT_EQ(json["mixing"][1]["quantity"], "projection_0");
  EXPECT_EQ(json["mixing"][1]["effective_sample_size"], 812.0);
}

TEST(DiagnosticsTest, OptionsAreTheQuery) {
  EXPECT_FALSE(DiagnosticsOptions{}.query().has_value());
  const DiagnosticsOptions options = {
      .wanted = true, .burn_in = 5, .rhat_target = 1.01};
  ASSERT_TRUE(options.query().has_value());
  EXPECT_EQ(options.query()->burn_in, 5);
  EXPECT_EQ(options.query()->stop_at_r_hat, 1.01);
}

}  // namespace
}  // namespace scoreserve::ctl
