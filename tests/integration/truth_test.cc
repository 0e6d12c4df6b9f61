// Served scores and samples against what is known exactly.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "models/io/model_repository.h"
#include "models/io/rows.h"
#include "models/samplers/noise.h"
#include "tests/support/test_server.h"

namespace scoreserve {
namespace {

// The score of a mixture of isotropic Gaussians, each variance plus σ², in
// double and by the textbook.
std::vector<double> MixtureScore(const NamedArrays& arrays, const float* x,
                                 double noise_level) {
  const NamedArray& weights = arrays.at("weights");
  const NamedArray& means = arrays.at("means");
  const NamedArray& variances = arrays.at("variances");
  double total = 0.0;
  std::vector<double> gradient(2, 0.0);
  for (size_t k = 0; k < weights.values.size(); ++k) {
    const double variance = variances.values[k] + noise_level * noise_level;
    const double d0 = means.values[2 * k] - double{x[0]};
    const double d1 = means.values[2 * k + 1] - double{x[1]};
    const double density = weights.values[k] / variance *
                           std::exp(-(d0 * d0 + d1 * d1) / (2.0 * variance));
    total += density;
    gradient[0] += density * d0 / variance;
    gradient[1] += density * d1 / variance;
  }
  return {gradient[0] / total, gradient[1] / total};
}

TEST(TruthTest, ServedScoresOfTheMixtureAreExact) {
  const ModelRepository zoo(SCORESERVE_ZOO);
  const auto files = zoo.Read("mixture-2d", 1);
  ASSERT_TRUE(files.ok()) << files.status();
  TestServer server({{"mixture-2d", *files}});
  constexpr int64_t kRows = 500;
  std::vector<float> x(2 * kRows);
  FillNormals({.seed = 5, .step = 0, .row = 0}, Purpose::kUser, kRows, 2,
              x.data());
  for (const double noise_level : {0.0, 0.3, 5.0}) {
    v1::ScoreRequest request = ScoreOf("mixture-2d", x, 2);
    request.mutable_noise_level()->add_values(noise_level);
    grpc::ClientContext context;
    v1::ScoreResponse response;
    ASSERT_TRUE(server.scoring()->Score(&context, request, &response).ok());
    const std::vector<float> served = Values(response.score());
    for (int64_t i = 0; i < kRows; ++i) {
      const std::vector<double> exact =
          MixtureScore(files->arrays, x.data() + 2 * i, noise_level);
      const double size = std::hypot(exact[0], exact[1]);
      const double allowed = 1e-5 * std::max(1.0, size);
      EXPECT_NEAR(served[2 * i], exact[0], allowed);
      EXPECT_NEAR(served[2 * i + 1], exact[1], allowed);
    }
  }
}

// Denoising in data space is x + (scale · σ)² s. The error is what the docs say
// of the network, so the server maps x, label and score as it should.
TEST(TruthTest, OneQueryDenoisesHeldOutDigitsInDataSpace) {
  const auto files = ModelRepository(SCORESERVE_ZOO).Read("digits", 1);
  ASSERT_TRUE(files.ok()) << files.status();
  TestServer server({{"digits", *files}});
  const auto digits = ReadRows(SCORESERVE_TEST_DATA "/digits.csv.gz");
  ASSERT_TRUE(digits.ok()) << digits.status();
  const double scale = files->config.data.scale, noise_level = 0.5;
  std::vector<float> clean;
  for (int64_t i = 4; i < digits->rows(); i += 5) {
    clean.insert(clean.end(), digits->row(i), digits->row(i) + 64);
  }
  std::vector<float> noise(clean.size()), noisy(clean.size());
  FillNormals({.seed = 6, .step = 0, .row = 0}, Purpose::kUser,
              static_cast<int64_t>(clean.size()) / 64, 64, noise.data());
  const double level = scale * noise_level;
  for (size_t i = 0; i < clean.size(); ++i) {
    noisy[i] = clean[i] + static_cast<float>(level) * noise[i];
  }
  v1::ScoreRequest request = ScoreOf("digits", noisy, 64);
  request.mutable_noise_level()->add_values(noise_level);
  grpc::ClientContext context;
  v1::ScoreResponse response;
  ASSERT_TRUE(server.scoring()->Score(&context, request, &response).ok());
  const std::vector<float> score = Values(response.score());
  double error = 0.0;
  for (size_t i = 0; i < clean.size(); ++i) {
    const double denoised = noisy[i] + level * level * score[i];
    error += (denoised - clean[i]) * (denoised - clean[i]);
  }
  // In model space, a pixel; the best affine denoiser leaves 0.094.
  error /= static_cast<double>(clean.size()) * scale * scale;
  EXPECT_LT(error, 0.8 * 0.0944);
}

}  // namespace
}  // namespace scoreserve
