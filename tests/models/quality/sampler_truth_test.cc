// Every sampler against the closed form: mean, covariance and the weights of
// the modes of a mixture in the plane.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "models/quality/run_sampler.h"
#include "models/samplers/noise.h"
#include "tests/models/networks/network_testing.h"

namespace scoreserve {
namespace {

constexpr double kWeight[] = {0.7, 0.3};
constexpr double kMean[2][2] = {{1.5, 0.0}, {-1.0, 1.0}};
constexpr double kVariance[] = {0.25, 0.16};

struct Model {
  std::unique_ptr<ScoreNetwork> network;
  SamplerTarget target;
};

Model Mixture(LabelRule label, const char* process = nullptr) {
  ModelConfig config =
      Config("gaussian_mixture", 2, label, {{"components", int64_t{2}}});
  if (process != nullptr) {
    config.process = ProcessConfig{.name = process, .options = {}};
  }
  auto network =
      LoadNetwork(config, {{"weights", {{2}, {0.7f, 0.3f}}},
                           {"means", {{2, 2}, {1.5f, 0.0f, -1.0f, 1.0f}}},
                           {"variances", {{2}, {0.25f, 0.16f}}}});
  return {.network = std::move(network).value(),
          .target = TargetOf(config, true).value()};
}

Model Timed(const char* process) {
  return Mixture({LabelKind::kTime, 1e-5, 1.0}, process);
}

at::Tensor Sample(const Model& model, const std::string& name,
                  const OptionValues& values, int64_t rows,
                  const SamplerInputs& inputs = {}) {
  const auto plan = (*FindSampler(name))->plan(values, model.target);
  EXPECT_TRUE(plan.ok()) << plan.status();
  return RunSampler(*model.network, *plan, rows, 11, inputs);
}

// How many standard errors the mean of `values` lies from `expected`.
double Errors(const std::vector<double>& values, double expected) {
  const auto n = static_cast<double>(values.size());
  double mean = 0.0, square = 0.0;
  for (const double value : values) mean += value / n;
  for (const double value : values) square += (value - mean) * (value - mean);
  return std::abs(mean - expected) / std::sqrt(square / (n * n));
}

// Mean and covariance, and where `modes` the weight, each within 5 standard
// errors of those of the mixture convolved with N(0, noise² I).
void ExpectMixture(const at::Tensor& x, double noise, bool modes,
                   const std::string& what) {
  const float* data = x.const_data_ptr<float>();
  const auto rows = static_cast<size_t>(x.size(0));
  double mean[2];
  for (int i = 0; i < 2; ++i) {
    mean[i] = kWeight[0] * kMean[0][i] + kWeight[1] * kMean[1][i];
    std::vector<double> values(rows);
    for (size_t row = 0; row < rows; ++row) values[row] = data[2 * row + i];
    EXPECT_LT(Errors(values, mean[i]), 5.0) << what << ", mean " << i;
  }
  const double added = noise * noise;
  for (const auto& [i, j] : {std::pair(0, 0), {0, 1}, {1, 1}}) {
    double expected = 0.0;
    for (int k = 0; k < 2; ++k) {
      expected +=
          kWeight[k] * ((i == j ? kVariance[k] + added : 0.0) +
                        (kMean[k][i] - mean[i]) * (kMean[k][j] - mean[j]));
    }
    std::vector<double> values(rows);
    for (size_t row = 0; row < rows; ++row) {
      values[row] =
          (data[2 * row + i] - mean[i]) * (data[2 * row + j] - mean[j]);
    }
    EXPECT_LT(Errors(values, expected), 5.0)
        << what << ", covariance " << i << j;
  }
  if (!modes) return;
  // The mean of how far a row belongs to the first mode is that mode's weight.
  std::vector<double> values(rows);
  for (size_t row = 0; row < rows; ++row) {
    double density[2];
    for (int k = 0; k < 2; ++k) {
      const double v = kVariance[k] + added;
      const double a = data[2 * row] - kMean[k][0];
      const double b = data[2 * row + 1] - kMean[k][1];
      density[k] = kWeight[k] / v * std::exp(-(a * a + b * b) / (2.0 * v));
    }
    values[row] = density[0] / (density[0] + density[1]);
  }
  EXPECT_LT(Errors(values, kWeight[0]), 5.0) << what << ", weight";
}

constexpr int64_t kRows = 3000;

TEST(SamplerTruthTest, LangevinDynamicsOfEveryKind) {
  // At a noise level of 1 there is one basin.
  const Model model = Mixture(kLevelsFromZero);
  const auto expect = [&](const std::string& name, OptionValues values) {
    values["label"] = 1.0;
    values["start_scale"] = 1.5;
    ExpectMixture(Sample(model, name, values, kRows), 1.0, false, name);
  };
  expect("langevin", {{"step_size", 0.03}, {"num_steps", int64_t{600}}});
  expect("mala", {{"step_size", 0.3}, {"num_steps", int64_t{80}}});
  for (const char* integrator : {"baoab", "obabo"}) {
    expect("underdamped_langevin", {{"step_size", 0.25},
                                    {"num_steps", int64_t{120}},
                                    {"integrator", std::string(integrator)}});
  }
}

TEST(SamplerTruthTest, AnnealedLangevinFindsTheWeightsOfTheModes) {
  const Model model = Mixture(kLevelsFromZero);
  const at::Tensor x = Sample(model, "annealed_langevin",
                              {{"levels", int64_t{15}},
                               {"first_noise_level", 10.0},
                               {"last_noise_level", 0.05},
                               {"step_size", 2e-4},
                               {"num_steps", int64_t{40}},
                               {"denoise", true}},
                              kRows);
  ExpectMixture(x, 0.0, true, "annealed_langevin");
}

TEST(SamplerTruthTest, DiffusionSamplersOnEveryProcess) {
  const OptionValues ancestral = {{"num_steps", int64_t{200}}, {"eta", 1.0}};
  for (const char* process : {"vp", "subvp", "ve", "rve"}) {
    const Model model = Timed(process);
    const auto expect = [&](const std::string& name, OptionValues values) {
      ExpectMixture(Sample(model, name, values, kRows), 0.0, true,
                    name + " on " + process);
    };
    expect("ddim", {{"num_steps", int64_t{100}}});
    expect("ddim", ancestral);
    expect("heun", {});
    expect("dpm_solver", {});
    expect("dpm_solver", {{"sde", true}, {"num_steps", int64_t{60}}});
    expect("euler_maruyama", {{"num_steps", int64_t{400}}});
  }
}

TEST(SamplerTruthTest, TheRestOfTheDiffusionSamplers) {
  const Model vp = Timed("vp");
  const auto expect = [&](const std::string& name, OptionValues values) {
    ExpectMixture(Sample(vp, name, values, kRows), 0.0, true, name);
  };
  expect("euler_maruyama", {{"num_steps", int64_t{400}}, {"lambda", 0.5}});
  expect("reverse_diffusion", {{"num_steps", int64_t{600}}});
  expect("heun", {{"num_steps", int64_t{40}}, {"s_churn", 10.0}});
  expect("predictor_corrector",
         {{"num_steps", int64_t{200}}, {"corrector", std::string("ald")}});
  // The noise levels of a network are a process too.
  ExpectMixture(Sample(Mixture(kLevelsFromZero), "heun", {}, kRows), 0.0, true,
                "heun on noise levels");
}

// ½N(−1.5, ¼) + ½N(1.5, ¼), from draws of it.
TEST(SamplerTruthTest, MalaLeavesTwoHillsWhereLangevinWidensThem) {
  constexpr int64_t kDraws = 20'000;
  const ModelConfig config =
      Config("gaussian_mixture", 1, {}, {{"components", int64_t{2}}});
  const Model model = {
      .network = LoadNetwork(config, {{"weights", {{2}, {0.5f, 0.5f}}},
                                      {"means", {{2, 1}, {-1.5f, 1.5f}}},
                                      {"variances", {{2}, {0.25f, 0.25f}}}})
                     .value(),
      .target = TargetOf(config, true).value()};
  const at::Tensor start = Normals(kDraws, 1, 5);
  float* draws = start.mutable_data_ptr<float>();
  for (int64_t i = 0; i < kDraws; ++i) {
    draws[i] = 0.5f * draws[i] + (i % 2 == 0 ? 1.5f : -1.5f);
  }
  const auto errors = [&](const char* name) {
    const at::Tensor x =
        Sample(model, name, {{"step_size", 0.2}, {"num_steps", int64_t{40}}},
               kDraws, {.start = start});
    std::vector<double> squares(kDraws);
    for (int64_t i = 0; i < kDraws; ++i) {
      squares[i] = std::pow(x.const_data_ptr<float>()[i], 2.0);
    }
    return Errors(squares, 1.5 * 1.5 + 0.25);
  };
  EXPECT_LT(errors("mala"), 4.5);
  EXPECT_GT(errors("langevin"), 5.0);  // ¼/(1 − h/2v) in the place of ¼.
}

TEST(SamplerTruthTest, KnownCoordinatesAndBoundsHoldAtTheEnd) {
  const Model vp = Timed("vp");
  const Constraint constraint = {
      .mask = Mask{.value = {0.25f, 0.0f}, .deviation = {0.0f, INFINITY}},
      .box = Box{.lower = -0.5f, .upper = 0.75f}};
  for (const char* name : {"ddim", "heun", "dpm_solver"}) {
    const at::Tensor x = Sample(vp, name, {}, 200, {.constraint = &constraint});
    for (int64_t i = 0; i < 200; ++i) {
      EXPECT_EQ(x[i][0].item<float>(), 0.25f) << name;
      const float free = x[i][1].item<float>();
      EXPECT_GE(free, -0.5f) << name;
      EXPECT_LE(free, 0.75f) << name;
    }
  }
}

// In SDEdit little noise leaves rows in the mode that they came from.
TEST(SamplerTruthTest, GivenRowsAreNoisedToTheFirstLevel) {
  const Model vp = Timed("vp");
  const at::Tensor start = at::empty({400, 2}, at::kFloat);
  for (int64_t i = 0; i < 400; ++i) {
    start[i][0].fill_(kMean[1][0]);
    start[i][1].fill_(kMean[1][1]);
  }
  const auto share = [&](double time) {
    const at::Tensor x =
        Sample(vp, "ddim", {{"start_time", time}, {"eta", 1.0}}, 400,
               {.start = start, .noise_start = true});
    int64_t stayed = 0;
    for (int64_t i = 0; i < 400; ++i) stayed += x[i][0].item<float>() < 0.25f;
    return static_cast<double>(stayed) / 400.0;
  };
  EXPECT_GT(share(0.1), 0.99);
  EXPECT_NEAR(share(1.0), 0.3, 5.0 * std::sqrt(0.3 * 0.7 / 400.0));
}

}  // namespace
}  // namespace scoreserve
