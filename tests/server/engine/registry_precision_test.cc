// The numbers that a version's scores are computed in, as desired.json asks.

#include <cmath>
#include <memory>
#include <string>

#include "gtest/gtest.h"
#include "models/io/model_repository.h"
#include "server/engine/model_registry.h"
#include "tests/server/engine/loop_harness.h"
#include "tests/support/temp_folder.h"

namespace scoreserve {
namespace {

class RegistryPrecisionTest : public testing::Test {
 protected:
  RegistryPrecisionTest() { EXPECT_TRUE(repository_.Write("m", Files()).ok()); }

  static ModelFiles Files() { return MlpFiles(8); }
  void Desire(const std::string& precision) {
    ASSERT_TRUE(repository_
                    .UpdateDesired("m", std::nullopt,
                                   [&](DesiredState& desired) {
                                     desired.precision = precision;
                                     return absl::OkStatus();
                                   })
                    .ok());
  }
  std::shared_ptr<const ModelSnapshot> Loaded() {
    EXPECT_TRUE(registry_.Poll().ok());
    const auto found =
        registry_.Find({.name = "m", .version = {}, .alias = {}});
    return found.ok() ? *found : nullptr;
  }

  TempFolder folder_;
  ModelRepository repository_{folder_.path()};
  ModelRegistry registry_{repository_, {}};
};

TEST_F(RegistryPrecisionTest, IsFp32UnlessAsked) {
  const auto model = Loaded();
  EXPECT_EQ(model->precision, Precision::kFp32);
  EXPECT_EQ(model->precision_error, 0.0);
  EXPECT_EQ(&model->exact(), model->network.get());
}

// Bfloat16 differs, by no more than was measured on other rows, nearly.
TEST_F(RegistryPrecisionTest, Bf16AnswersWithinTheErrorThatIsTold) {
  Desire("bf16");
  const auto rounded = Loaded();
  ASSERT_NE(rounded, nullptr);
  EXPECT_EQ(rounded->precision, Precision::kBf16);
  EXPECT_GT(rounded->precision_error, 1e-4);
  LoopHarness harness;
  const auto approximate = harness.Query(rounded, 1, 0.7f);
  const auto exact = harness.Query(Snapshot(Files()), 1, 0.7f);
  harness.RunDry();
  double difference = 0.0, length = 0.0;
  for (size_t k = 0; k < exact->scores().size(); ++k) {
    const double s = exact->scores()[k], d = approximate->scores()[k] - s;
    difference += d * d;
    length += s * s;
  }
  EXPECT_GT(difference, 0.0);
  EXPECT_LE(std::sqrt(difference / length), 2.0 * rounded->precision_error);
}

TEST_F(RegistryPrecisionTest, WhatTheDeviceLacksIsRefusedUntilOtherIsAsked) {
  Desire("tf32");
  EXPECT_EQ(Loaded(), nullptr);
  EXPECT_EQ(registry_.table()->at("m").refused.at(1),
            "precision must be fp32 or bf16 on a processor; was 'tf32'");
  Desire("fp32");
  ASSERT_NE(Loaded(), nullptr);
}

}  // namespace
}  // namespace scoreserve
