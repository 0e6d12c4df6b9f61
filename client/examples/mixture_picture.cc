// Draws samples of the model mixture-2d and shows them over its exact density,
// computed here from the model's own file, with the served score as arrows.
//
//   mixture_picture HOST:PORT MODEL.safetensors PICTURE.png

#include <scoreserve/client.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <numbers>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "models/io/safetensors.h"
#include "models/plots/chart.h"

namespace {

constexpr double kEdge = 5.0;    // The picture is [-5, 5] squared.
constexpr int64_t kCells = 200;  // Of the density, a side.
constexpr int64_t kArrows = 19;  // A side.
constexpr int64_t kSamples = 1500;

template <typename T>
T OrDie(absl::StatusOr<T> result) {
  if (!result.ok()) {
    std::cerr << "mixture_picture: " << result.status().message() << "\n";
    std::exit(1);
  }
  return *std::move(result);
}

// A mixture of isotropic Gaussians in the plane, in double.
class Mixture {
 public:
  explicit Mixture(const std::string& path) {
    std::stringstream bytes;
    bytes << std::ifstream(path, std::ios::binary).rdbuf();
    arrays_ = OrDie(scoreserve::ParseSafetensors(bytes.str()));
  }

  double Density(double x, double y) const { return At(x, y)[0]; }

  // ∇ log p.
  scoreserve::Point Score(double x, double y) const {
    const auto [p, dx, dy] = At(x, y);
    return {.x = dx / p, .y = dy / p};
  }

 private:
  // p and its gradient.
  std::array<double, 3> At(double x, double y) const {
    const std::vector<float>& means = arrays_.at("means").values;
    std::array<double, 3> sum = {};
    for (size_t k = 0; k < arrays_.at("weights").values.size(); ++k) {
      const double v = arrays_.at("variances").values[k];
      const double dx = means[2 * k] - x, dy = means[2 * k + 1] - y;
      const double p = arrays_.at("weights").values[k] /
                       (2.0 * std::numbers::pi * v) *
                       std::exp(-(dx * dx + dy * dy) / (2.0 * v));
      sum[0] += p;
      sum[1] += p * dx / v;
      sum[2] += p * dy / v;
    }
    return sum;
  }

  scoreserve::NamedArrays arrays_;
};

// The middle of cell `i` of `count` along a side.
double Middle(int64_t i, int64_t count) {
  return -kEdge + 2.0 * kEdge * (static_cast<double>(i) + 0.5) /
                      static_cast<double>(count);
}

scoreserve::HeatmapLayer Density(const Mixture& mixture) {
  scoreserve::HeatmapLayer layer = {.name = "exact density",
                                    .columns = kCells,
                                    .rows = kCells,
                                    .x_min = -kEdge,
                                    .x_max = kEdge,
                                    .y_min = -kEdge,
                                    .y_max = kEdge};
  for (int64_t i = 0; i < kCells * kCells; ++i) {
    layer.values.push_back(static_cast<float>(mixture.Density(
        Middle(i % kCells, kCells), Middle(i / kCells, kCells))));
  }
  return layer;
}

scoreserve::ScatterLayer Drawn(scoreserve::Client& client) {
  const scoreserve::Samples samples =
      OrDie(client.Sample({.model = {"mixture-2d"},
                           .sampler = "annealed_langevin",
                           .options = {{"levels", int64_t{20}},
                                       {"first_noise_level", 10.0},
                                       {"last_noise_level", 0.05},
                                       {"step_size", 0.1 * 0.05 * 0.05},
                                       {"num_steps", int64_t{100}}},
                           .rows = kSamples,
                           .seed = 1}));
  scoreserve::ScatterLayer layer = {
      .name = "samples", .color = scoreserve::Rgb(0xD1603D), .radius = 1.2};
  for (int64_t i = 0; i < samples.rows; ++i) {
    layer.points.push_back({.x = samples.x[2 * i], .y = samples.x[2 * i + 1]});
  }
  return layer;
}

// The served score at noise level 0, which is that of the density itself, on a
// grid. Its length is drawn as log(1 + |s|): between the modes it is long.
scoreserve::ArrowLayer ServedScore(scoreserve::Client& client,
                                   const Mixture& mixture) {
  std::vector<float> x, score(2 * kArrows * kArrows);
  for (int64_t i = 0; i < kArrows * kArrows; ++i) {
    x.push_back(static_cast<float>(Middle(i % kArrows, kArrows)));
    x.push_back(static_cast<float>(Middle(i / kArrows, kArrows)));
  }
  const double noise_level = 0.0;
  OrDie(client.Score({.model = {"mixture-2d"},
                      .x = x,
                      .rows = kArrows * kArrows,
                      .noise_level = {&noise_level, 1}},
                     absl::MakeSpan(score)));
  scoreserve::ArrowLayer layer = {.name = "served score, log length",
                                  .color = scoreserve::Rgb(0x262626)};
  double worst = 0.0;
  for (size_t i = 0; i < x.size(); i += 2) {
    const scoreserve::Point exact = mixture.Score(x[i], x[i + 1]);
    const double length = std::hypot(score[i], score[i + 1]);
    const double error = std::hypot(score[i] - exact.x, score[i + 1] - exact.y);
    worst = std::max(worst, error / std::max(1.0, length));
    const double shown = length > 0.0 ? std::log1p(length) / length : 0.0;
    layer.arrows.push_back(
        {.from = {.x = x[i], .y = x[i + 1]},
         .by = {.x = shown * score[i], .y = shown * score[i + 1]}});
  }
  std::cout << absl::StreamFormat(
      "the served score differs from the exact one by at most %.1e of "
      "max(1, |s|) on %d points\n",
      worst, kArrows * kArrows);
  return layer;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "usage: mixture_picture HOST:PORT MODEL.safetensors "
                 "PICTURE.png\n";
    return 2;
  }
  const auto client = OrDie(scoreserve::Client::New({.target = argv[1]}));
  const Mixture mixture(argv[2]);
  scoreserve::Chart chart = {.title = "mixture-2d",
                             .x = {.label = "x₀"},
                             .y = {.label = "x₁"},
                             .equal_aspect = true,
                             .width = 560.0,
                             .height = 480.0};
  chart.layers.push_back(Density(mixture));
  chart.layers.push_back(Drawn(*client));
  chart.layers.push_back(ServedScore(*client, mixture));
  const absl::Status written = scoreserve::WritePng(chart, argv[3]);
  if (!written.ok()) {
    std::cerr << "mixture_picture: " << written.message() << "\n";
    return 1;
  }
}
