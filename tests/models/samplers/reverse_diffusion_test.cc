#include "models/samplers/reverse_diffusion.h"

#include <cstdint>
#include <string>

#include "gtest/gtest.h"
#include "tests/models/samplers/diffusion_testing.h"

namespace scoreserve {
namespace {

TEST(ReverseDiffusionTest, VarianceAtTheEndIsThePublishedOne) {
  const OptionValues uniform = {{"num_steps", int64_t{100}},
                                {"grid", std::string("uniform")},
                                {"end_time", 1e-3}};
  const OptionValues log = {
      {"num_steps", int64_t{100}}, {"ratio_min", 0.01}, {"ratio_max", 50.0}};
  const auto end = [](const char* name, const OptionValues& values,
                      double start) {
    const SamplerTarget target = TimeTarget(name);
    return EndVariance(PlanOf(ReverseDiffusionSampler(), values, target),
                       target, 0.25, start);
  };
  ExpectGolden(end("vp", uniform, 1.0), .26524561155);
  ExpectGolden(end("ve", uniform, 2500.0), .27264685775);
  ExpectGolden(end("rve", log, 2500.0), .27266871557);
}

TEST(ReverseDiffusionTest, TheProbabilityFlowHalvesThePullAndDrawsNoNoise) {
  const auto step = [](double lambda) {
    return PlanOf(ReverseDiffusionSampler(), {{"lambda", lambda}},
                  TimeTarget("vp"))
        .table.At(500);
  };
  EXPECT_EQ(step(1.0).xs, 0.5 * step(0.0).xs);
  EXPECT_EQ(step(1.0).xz, 0.0);
  EXPECT_EQ(step(1.0).xx, step(0.0).xx);
}

TEST(ReverseDiffusionTest, NeedsAProcessWithIncrements) {
  ExpectGridRefusals(ReverseDiffusionSampler());
  const absl::Status status =
      ReverseDiffusionSampler().plan({}, TimeTarget("subvp")).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ReasonOf(status), Reason::kUnsuitableModel);
}

}  // namespace
}  // namespace scoreserve
