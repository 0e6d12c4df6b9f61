// Langevin's variance on a Gaussian, over the wire, with many seeds: the
// discretised chain's own, v / (1 − h / 2v), within 5 standard errors.

#include <cmath>
#include <cstdint>
#include <vector>

#include "gtest/gtest.h"
#include "tests/support/test_server.h"

namespace scoreserve {
namespace {

double Variance(TestServer& server, uint64_t seed, int64_t rows,
                double step_size) {
  v1::SampleRequest request = LangevinOf("gauss", rows, 300, step_size);
  request.set_seed(seed);
  grpc::ClientContext context;
  const auto reader = server.sampling()->Sample(&context, request);
  v1::SampleResponse frame;
  double sum = 0.0;
  int64_t count = 0;
  while (reader->Read(&frame)) {
    if (!frame.has_final()) continue;
    for (const float x : Values(frame.final().x())) {
      sum += double{x} * x;
      ++count;
    }
  }
  EXPECT_TRUE(reader->Finish().ok());
  return sum / static_cast<double>(count);
}

TEST(VarianceLongTest, TwentySeedsAgreeWithTheChainsOwnVariance) {
  constexpr int64_t kDim = 4, kRows = 5000;
  TestServer server({{"gauss", GaussianFiles(kDim, 1.0f)}});
  for (const double step_size : {0.1, 0.5}) {
    const double expected = 1.0 / (1.0 - step_size / 2.0);
    const double standard_error = expected * std::sqrt(2.0 / (kDim * kRows));
    for (uint64_t seed = 1; seed <= 20; ++seed) {
      EXPECT_NEAR(Variance(server, seed, kRows, step_size), expected,
                  5.0 * standard_error)
          << "seed " << seed << ", step size " << step_size;
    }
  }
}

}  // namespace
}  // namespace scoreserve
