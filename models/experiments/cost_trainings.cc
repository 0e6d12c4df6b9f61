#include "models/experiments/cost_trainings.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "models/samplers/noise.h"
#include "models/samplers/normal_tensor.h"

namespace scoreserve {
namespace {

TimedTraining Of(std::string network, int64_t width, std::string name,
                 std::string objective, OptionValues options = {}) {
  return {.name = std::move(name),
          .network = std::move(network),
          .network_options = WidthOption(width),
          .objective = std::move(objective),
          .objective_options = std::move(options)};
}

OptionValues Noise() { return {{"noise_level", 0.1}}; }
OptionValues Plain() { return {{"variance_reduction", false}}; }

}  // namespace

at::Tensor WhiteRows(int64_t dim, uint64_t seed) {
  constexpr int64_t kRows = 2048;
  return NormalTensor(NoiseKey{.seed = seed}, Purpose::kUser, kRows, dim);
}

OptionValues WidthOption(int64_t width) { return {{"width", width}}; }

std::vector<TimedTraining> OfScores(int64_t width) {
  return {Of("mlp", width, "DSM", "denoising", Noise()),
          Of("mlp", width, "SSM", "sliced", Plain()),
          Of("mlp", width, "SSM-VR", "sliced"),
          Of("mlp", width, "FD-SSM-VR", "fd_sliced"),
          Of("mlp", width, "exact SM", "exact")};
}

std::vector<TimedTraining> OfEnergies(int64_t width) {
  return {Of("energy_mlp", width, "SSM", "sliced", Plain()),
          Of("energy_mlp", width, "SSM-VR", "sliced"),
          Of("energy_mlp", width, "FD-SSM", "fd_sliced", Plain()),
          Of("energy_mlp", width, "DSM", "denoising", Noise()),
          Of("energy_mlp", width, "FD-DSM", "fd_denoising", Noise())};
}

}  // namespace scoreserve
