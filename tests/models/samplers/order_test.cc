// Orders of convergence of the samplers of the probability flow, on data with
// two hills.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "models/samplers/ddim.h"
#include "models/samplers/dpm_solver.h"
#include "models/samplers/heun.h"
#include "tests/models/samplers/diffusion_testing.h"

namespace scoreserve {
namespace {

constexpr double kFirst = 20.0, kLast = 0.05;
constexpr double kStarts[] = {-2.0, -0.7, 0.2, 0.9, 1.6};  // Times kFirst.

// Where the flow of x/α from kFirst·start ends: dx/d log u = −u²·s(x, u), by
// Runge–Kutta steps so fine that their error is that of rounding.
double Exact(double start) {
  const auto slope = [](double x, double log_u) {
    const double square = std::exp(2.0 * log_u), v = 0.25 + square;
    return -square * (-x + 1.5 * std::tanh(1.5 * x / v)) / v;
  };
  constexpr int kSteps = 8000;
  const double h = std::log(kLast / kFirst) / kSteps;
  double x = kFirst * start;
  for (int i = 0; i < kSteps; ++i) {
    const double t = std::log(kFirst) + i * h;
    const double a = slope(x, t), b = slope(x + 0.5 * h * a, t + 0.5 * h);
    const double c = slope(x + 0.5 * h * b, t + 0.5 * h);
    x += h / 6.0 * (a + 2.0 * b + 2.0 * c + slope(x + h * c, t + h));
  }
  return x;
}

// The largest error of x/α at the end.
double Error(const Sampler& sampler, const char* grid, int64_t steps,
             const std::vector<double>& exact) {
  const SamplerTarget vp = TimeTarget("vp");
  OptionValues values = {{"num_steps", steps},
                         {"grid", std::string(grid)},
                         {"ratio_min", kLast},
                         {"ratio_max", kFirst},
                         {"end", std::string("none")}};
  if (sampler.name == "dpm_solver") {
    values["lower_order_final"] = std::string("off");
  }
  const StepTable table = PlanOf(sampler, values, vp).table;
  const double first = vp.process->AtRatio(kFirst).alpha;
  const double last = vp.process->AtRatio(kLast).alpha;
  double worst = 0.0;
  for (size_t i = 0; i < exact.size(); ++i) {
    const double x =
        EndOf(table, TwoHillsScore(vp), first * kFirst * kStarts[i]);
    worst = std::max(worst, std::abs(x / last - exact[i]));
  }
  return worst;
}

TEST(OrderTest, ErrorsFallAsTheirOrderSays) {
  std::vector<double> exact;
  for (const double start : kStarts) exact.push_back(Exact(start));
  const struct {
    Sampler sampler;
    const char* grid;
    double of_20, of_640;  // Errors of so many steps, to three digits.
    double order, slack;
  } rows[] = {
      {DdimSampler(), "karras", 8.97e-2, 2.88e-3, 1.0, 0.011},
      {HeunSampler(), "karras", 1.54e-2, 1.37e-5, 2.0, 0.03},
      {DpmSolverSampler(), "karras", 1.62e-2, 1.41e-5, 2.0, 0.03},
      {DdimSampler(), "log", 8.52e-2, 2.71e-3, 1.0, 0.011},
      {HeunSampler(), "log", 1.58e-2, 1.37e-5, 2.0, 0.03},
      {DpmSolverSampler(), "log", 9.20e-3, 8.38e-6, 2.0, 0.03},
  };
  for (const auto& row : rows) {
    const std::string what = row.sampler.name + " " + row.grid;
    const auto error = [&](int64_t steps) {
      return Error(row.sampler, row.grid, steps, exact);
    };
    EXPECT_NEAR(error(20), row.of_20, 0.006 * row.of_20) << what;
    EXPECT_NEAR(error(640), row.of_640, 0.006 * row.of_640) << what;
    double coarse = error(80);
    for (const int64_t steps : {160, 320, 640}) {
      const double fine = error(steps);
      EXPECT_NEAR(std::log2(coarse / fine), row.order, row.slack)
          << what << " " << steps;
      coarse = fine;
    }
  }
}

}  // namespace
}  // namespace scoreserve
