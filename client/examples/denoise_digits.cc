// Adds noise to images and takes it away again with one score query: for a
// noise level σ, the mean of what x may have been is x + (scale·σ)²·s(x, σ),
// where σ is in model space and x and s are in data space.
//
//   denoise_digits HOST:PORT IMAGES.csv NOISE_LEVEL PICTURE.png

#include <scoreserve/client.h>

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "models/io/rows.h"
#include "models/plots/contact_sheet.h"

namespace {

using scoreserve::Rows;

constexpr int64_t kShown = 12;

template <typename T>
T OrDie(absl::StatusOr<T> result) {
  if (!result.ok()) {
    std::cerr << "denoise_digits: " << result.status().message() << "\n";
    std::exit(1);
  }
  return *std::move(result);
}

// In decibels: the range of the data against the root mean square error.
double Psnr(const Rows& clean, const Rows& other, double range) {
  double squares = 0.0;
  for (size_t i = 0; i < clean.values.size(); ++i) {
    squares += std::pow(clean.values[i] - other.values[i], 2);
  }
  return 10.0 *
         std::log10(range * range /
                    (squares / static_cast<double>(clean.values.size())));
}

Rows FirstRows(const Rows& rows, int64_t count) {
  return {
      .dim = rows.dim,
      .values = {rows.values.begin(), rows.values.begin() + count * rows.dim}};
}

}  // namespace

int main(int argc, char** argv) {
  double noise_level = 0.0;
  if (argc != 5 || !absl::SimpleAtod(argv[3], &noise_level)) {
    std::cerr << "usage: denoise_digits HOST:PORT IMAGES.csv NOISE_LEVEL "
                 "PICTURE.png\n";
    return 2;
  }
  const auto client = OrDie(scoreserve::Client::New({.target = argv[1]}));
  const scoreserve::ModelInfo model = OrDie(client->GetModel({"digits"}));
  const Rows clean = OrDie(scoreserve::ReadRows(argv[2]));

  const double deviation = model.data.scale * noise_level;
  std::mt19937_64 generator(1);
  std::normal_distribution<float> normal;
  Rows noisy = clean;
  for (float& value : noisy.values) {
    value += static_cast<float>(deviation) * normal(generator);
  }

  Rows denoised = noisy;
  std::vector<float> score(noisy.values.size());
  OrDie(client->Score({.model = {"digits"},
                       .x = noisy.values,
                       .rows = noisy.rows(),
                       .noise_level = {&noise_level, 1}},
                      absl::MakeSpan(score)));
  for (size_t i = 0; i < score.size(); ++i) {
    denoised.values[i] += static_cast<float>(deviation * deviation) * score[i];
  }

  const double min = model.data.min.value_or(0.0);
  const double max = model.data.max.value_or(1.0);
  const double before = Psnr(clean, noisy, max - min);
  const double after = Psnr(clean, denoised, max - min);
  std::cout << absl::StreamFormat(
      "%d held-out images with noise of level %g, denoised in one query: "
      "%.1f dB before, %.1f dB after\n",
      clean.rows(), noise_level, before, after);

  const int64_t shown = std::min(kShown, clean.rows());
  scoreserve::ContactSheet sheet;
  sheet.image_shape = model.data.shape;
  sheet.min = min;
  sheet.max = max;
  sheet.columns = shown;
  sheet.groups = {{.caption = "held out", .images = FirstRows(clean, shown)},
                  {.caption = absl::StrFormat("noisy, %.1f dB", before),
                   .images = FirstRows(noisy, shown)},
                  {.caption = absl::StrFormat("denoised, %.1f dB", after),
                   .images = FirstRows(denoised, shown)}};
  const absl::Status written = scoreserve::WritePng(sheet, argv[4]);
  if (!written.ok()) {
    std::cerr << "denoise_digits: " << written.message() << "\n";
    return 1;
  }
}
