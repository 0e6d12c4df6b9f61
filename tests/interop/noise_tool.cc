// Prints the noise of our samplers, so that other programs can sample with it:
//
//   noise_tool PURPOSE SEED FIRST_STEP STEPS ROWS DIM
//
// writes standard normals, float32 as the machine holds them, row-major [STEPS,
// ROWS, DIM], those that `seed` gives under `PURPOSE` (a number of the enum in
// models/samplers/noise.h) to the rows 0, 1, … of the steps FIRST_STEP, ….

#include <array>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <limits>
#include <vector>

#include "absl/strings/numbers.h"
#include "models/samplers/noise.h"

int main(int argc, char** argv) {
  std::array<uint64_t, 6> numbers = {};
  bool parsed = argc == 7;
  for (size_t i = 0; parsed && i < numbers.size(); ++i) {
    parsed = absl::SimpleAtoi(argv[i + 1], &numbers[i]) &&
             // All but the seed have 32 bits.
             (i == 1 || numbers[i] <= std::numeric_limits<uint32_t>::max());
  }
  if (!parsed) {
    std::cerr << "usage: noise_tool PURPOSE SEED FIRST_STEP STEPS ROWS DIM\n";
    return 2;
  }
  const auto [purpose, seed, first_step, steps, rows, dim] = numbers;
  std::vector<float> normals(rows * dim);
  for (uint64_t i = 0; i < steps; ++i) {
    scoreserve::FillNormals(
        {.seed = seed, .step = static_cast<uint32_t>(first_step + i)},
        static_cast<scoreserve::Purpose>(purpose), static_cast<int64_t>(rows),
        static_cast<int64_t>(dim), normals.data());
    std::cout.write(
        reinterpret_cast<const char*>(normals.data()),
        static_cast<std::streamsize>(normals.size() * sizeof(float)));
  }
  std::cout.flush();
  return std::cout.good() ? 0 : 1;
}
