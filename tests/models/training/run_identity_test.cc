#include "models/training/run_identity.h"

#include <string>

#include "ATen/ops/arange.h"
#include "ATen/ops/ones.h"
#include "gtest/gtest.h"
#include "models/status.h"
#include "tests/support/one_thread.h"

namespace scoreserve {
namespace {

ModelConfig Config() {
  ModelConfig config;
  config.network = "mlp";
  config.network_options = {{"width", int64_t{8}}};
  config.data.shape = {2, 3};
  config.data.scale = 0.1;
  return config;
}

TEST(RunIdentityTest, IsAllOfAConfigButWhatIsForPeople) {
  ModelConfig config = Config();
  config.description = "One.";
  config.provenance = {{"data", "here.csv"}};
  const RunIdentity identity = IdentityOf(config);
  EXPECT_EQ(identity, IdentityOf(Config()));
  EXPECT_EQ(identity.at("network"), "mlp");
  EXPECT_EQ(identity.at("network_options.width"), "8");
  EXPECT_EQ(identity.at("data.shape[1]"), "3");
  EXPECT_EQ(identity.at("data.scale"), "0.1");
  EXPECT_EQ(identity.at("label.kind"), "none");
}

TEST(RunIdentityTest, TextsAreThoseOfNumbersAndNotOfHowTheyAreWritten) {
  EXPECT_EQ(ExactText(1.0), ExactText(int64_t{1}));
  EXPECT_EQ(ExactText(1e-3), "0.001");
  EXPECT_NE(ExactText(0.1), ExactText(0.1 + 1e-16));
  EXPECT_EQ(ExactText(true), "true");
  EXPECT_EQ(ExactText(std::string("silu")), "silu");
}

TEST(RunIdentityTest, RowsDifferInAnyValueSplitOrClass) {
  const ConditionedRows rows = {.x = at::ones({6, 2})};
  const std::string text = IdentityOf(rows.Range(0, 4), rows.Range(4, 2));
  EXPECT_EQ(text.substr(0, 36), "4 training rows, 2 held out, sha256 ");
  EXPECT_EQ(text, IdentityOf(rows.Range(0, 4), rows.Range(4, 2)));
  EXPECT_NE(text, IdentityOf(rows.Range(0, 5), rows.Range(5, 1)));
  const ConditionedRows classes = {.x = rows.x,
                                   .condition = at::arange(6, at::kLong)};
  EXPECT_NE(text, IdentityOf(classes.Range(0, 4), classes.Range(4, 2)));
  const ConditionedRows other = {.x = at::ones({6, 2})};
  other.x[5][1].fill_(2.0);
  EXPECT_NE(text, IdentityOf(other.Range(0, 4), other.Range(4, 2)));
}

TEST(RunIdentityTest, TheFirstDifferenceIsNamed) {
  const RunIdentity saved = {{"batch", "8"}, {"seed", "1"}};
  EXPECT_TRUE(CheckSameRun(saved, saved, "there").ok());
  const absl::Status status =
      CheckSameRun(saved, {{"batch", "8"}, {"seed", "2"}}, "out/ck");
  EXPECT_EQ(FieldOf(status), "seed");
  EXPECT_EQ(status.message(),
            "seed must be 1, as in out/ck (delete that to begin anew); was 2");
  EXPECT_EQ(FieldOf(CheckSameRun(saved, {{"batch", "8"}}, "x")), "seed");
  EXPECT_EQ(FieldOf(CheckSameRun({{"batch", "8"}}, saved, "x")), "seed");
}

}  // namespace
}  // namespace scoreserve
