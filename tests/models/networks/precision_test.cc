#include "models/networks/precision.h"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "ATen/ops/ones.h"
#include "c10/core/InferenceMode.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace scoreserve {
namespace {

// Two of the same weights.
std::unique_ptr<ScoreNetwork> New(const std::string& kind) {
  ModelConfig config;
  config.network = kind;
  config.network_options = {{"width", int64_t{64}}};
  config.data.shape = {8};
  if (kind == "residual_mlp") {
    config.label = {LabelKind::kNoiseLevel, 0.01, 50.0};
  }
  return *NewNetwork(config, /*seed=*/3);
}

double ErrorOf(const std::string& kind, Precision precision) {
  const LabelRule labels = kind == "residual_mlp"
                               ? LabelRule{LabelKind::kNoiseLevel, 0.01, 50.0}
                               : LabelRule{};
  return LargestError(*New(kind), **InPrecision(New(kind), precision, at::kCPU),
                      labels, at::kCPU);
}

TEST(PrecisionTest, NamesAreReadAndOthersRefused) {
  for (const char* name : {"fp32", "tf32", "bf16"}) {
    EXPECT_EQ(PrecisionName(*PrecisionNamed("precision", name)), name);
  }
  EXPECT_EQ(PrecisionNamed("precision", "fp16").status().message(),
            "precision must be fp32, tf32 or bf16; was 'fp16'");
}

TEST(PrecisionTest, Fp32IsTheNetworkItself) {
  EXPECT_EQ(ErrorOf("mlp", Precision::kFp32), 0.0);
}

// bfloat16 rounds to 2^-9 of a number: each of a few layers adds about as much,
// and none of it would say that nothing was rounded.
TEST(PrecisionTest, Bf16DiffersByItsRounding) {
  for (const char* kind : {"mlp", "residual_mlp"}) {
    const double error = ErrorOf(kind, Precision::kBf16);
    EXPECT_GT(error, 1e-3) << kind;
    EXPECT_LT(error, 0.1) << kind;
  }
}

TEST(PrecisionTest, TheCallersThreadComputesAsBefore) {
  const c10::InferenceMode inference;
  const auto exact = New("mlp");
  const auto rounded = *InPrecision(New("mlp"), Precision::kBf16, at::kCPU);
  const ScoreInput input = {.x = at::ones({4, 8})};
  Workspace workspace;
  const at::Tensor before = exact->Score(input, workspace).clone();
  EXPECT_FALSE(rounded->Score(input, workspace).equal(before));
  EXPECT_TRUE(exact->Score(input, workspace).equal(before));
  EXPECT_EQ(rounded->Score(input, workspace).scalar_type(), at::kFloat);
}

TEST(PrecisionTest, AProcessorHasNoTf32) {
  const auto refused = InPrecision(New("mlp"), Precision::kTf32, at::kCPU);
  EXPECT_EQ(refused.status().message(),
            "precision must be fp32 or bf16 on a processor; was 'tf32'");
}

}  // namespace
}  // namespace scoreserve
