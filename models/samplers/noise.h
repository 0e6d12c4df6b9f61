// Counter-based random numbers: a value depends on its key and counter alone,
// so it never matters what else a request is batched with, in what order or on
// how many threads. There is no other source of randomness in the project.
//
// Philox 4x32-10 (Salmon, Moraes, Dror, Shaw 2011). Key: the 64-bit seed, low
// word first. Counter: {⌊coordinate/4⌋, step, row, purpose}. Coordinate k takes
// word k mod 4. Normals come from words (0, 1) and (2, 3) by Box–Muller: with
// u = (w₀ + ½)/2³² and v = (w₁ + ½)/2³², √(−2 ln u)·cos 2πv and √(−2 ln u)·sin
// 2πv, to a relative 5e-7. All compiled variants give the same bits.

#ifndef SCORESERVE_MODELS_SAMPLERS_NOISE_H_
#define SCORESERVE_MODELS_SAMPLERS_NOISE_H_

#include <array>
#include <cstdint>

#include "absl/types/span.h"

namespace scoreserve {

// What a draw is for. Values are part of the meaning of a seed: never reused.
enum class Purpose : uint32_t {
  kStep = 0,         // The noise of a sampler's step.
  kStart = 1,        // The rows a sampler starts from.
  kBatch = 2,        // Which rows a training step takes.
  kNoiseLevel = 3,   // The level that a training row is noised to.
  kObjective = 4,    // The objective's own noise or projections.
  kWeights = 5,      // Initial weights.
  kUser = 6,         // Examples, tests and benchmarks.
  kMetropolis = 7,   // Whether a proposal is accepted.
  kMask = 8,         // The noise on coordinates that are known.
  kCompanion = 9,    // The velocities that a sampler starts with.
  kCondition = 10,   // Whether a training row is trained without its class.
  kProjection = 11,  // The directions that diagnostics look along.
  kDequantise = 12,  // The uniform noise of rows that lie on a grid.
  kDataNoise = 13,   // The normal noise that rows of data get.
  kHoldOut = 14,     // Whether a row of a stream is held out.
  kReservoir = 15,   // Which row of a reservoir gives way to a new one.
};

// One block: the four words for `counter` under `key`.
std::array<uint32_t, 4> Philox(const std::array<uint32_t, 4>& counter,
                               uint64_t key);

// The draws of one row of one step: who asks for them.
struct NoiseKey {
  uint64_t seed = 0;
  uint32_t step = 0;
  uint32_t row = 0;
};

// Fills `out`, row-major [keys.size(), dim], with standard normals, row i under
// keys[i]. The largest magnitude is under 6.8: a word has 32 bits.
void FillNormals(absl::Span<const NoiseKey> keys, Purpose purpose, int64_t dim,
                 float* out);

// The same, rows first_row, first_row + 1, … of one seed and step.
void FillNormals(const NoiseKey& first, Purpose purpose, int64_t rows,
                 int64_t dim, float* out);

// The same, uniform on (0, 1): never 0 and never 1. In double: a word is 32
// bits.
void FillUniforms(const NoiseKey& first, Purpose purpose, int64_t rows,
                  int64_t dim, double* out);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_SAMPLERS_NOISE_H_
