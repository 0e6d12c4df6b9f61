// Runs of samplers whose rows are chains, for tests of their diagnostics.

#ifndef SCORESERVE_TESTS_SERVER_ENGINE_CHAINS_H_
#define SCORESERVE_TESTS_SERVER_ENGINE_CHAINS_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "models/samplers/sampler.h"
#include "server/engine/work.h"
#include "tests/server/engine/loop_harness.h"

namespace scoreserve {

// ½ N(−hill·e₀, I) + ½ N(hill·e₀, I), in closed form.
inline ModelFiles TwoHills(int64_t dim, float hill) {
  ModelFiles files = GaussianFiles(dim, 1.0f);
  files.config.network_options = {{"components", int64_t{2}}};
  files.arrays["weights"] = {{2}, {0.5f, 0.5f}};
  files.arrays["variances"] = {{2}, {1.0f, 1.0f}};
  std::vector<float> means(2 * dim, 0.0f);
  means[0] = -hill;
  means[dim] = hill;
  files.arrays["means"] = {{2, dim}, std::move(means)};
  return files;
}

inline SampleRequest ChainRequest(
    const std::shared_ptr<const ModelSnapshot>& model,
    const std::string& sampler, double step_size, int64_t num_steps,
    int64_t rows) {
  auto plan = (*FindSampler(sampler))
                  ->plan({{"step_size", step_size}, {"num_steps", num_steps}},
                         model->target);
  SampleRequest request;
  request.model = model;
  request.plan = std::make_shared<const SamplerPlan>(*std::move(plan));
  request.rows = rows;
  request.seed = 42;
  return request;
}

// Runs `request` to its end on a harness of its own.
inline std::unique_ptr<TestSampleSink> RunAlone(
    SampleRequest request, std::unique_ptr<Device> device = NewCpuDevice(1)) {
  LoopHarness harness(std::move(device));
  auto sink = std::make_unique<TestSampleSink>();
  request.sink = sink.get();
  EXPECT_TRUE(harness.loop().inbox().Offer(std::move(request)).ok());
  harness.RunDry();
  EXPECT_EQ(sink->status(), absl::OkStatus());
  EXPECT_EQ(harness.metrics().live_trajectories, 0);
  return sink;
}

inline std::unique_ptr<TestSampleSink> Diagnosed(
    SampleRequest request, DiagnosticsOptions options = {},
    std::unique_ptr<Device> device = NewCpuDevice(1)) {
  request.diagnostics = options;
  return RunAlone(std::move(request), std::move(device));
}

}  // namespace scoreserve

#endif  // SCORESERVE_TESTS_SERVER_ENGINE_CHAINS_H_
