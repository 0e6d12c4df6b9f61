// Compiled with --fmad=false: bits are those of the processor.

#include <cuda_runtime_api.h>

#include <cstdint>

#include "models/samplers/advance_cuda.h"
#include "models/samplers/row_math.h"

namespace scoreserve {
namespace {

constexpr int kWarp = 32;
constexpr int kWarpsPerBlock = 8;
constexpr unsigned kAll = 0xFFFFFFFFu;

int64_t Blocks(int64_t warps) {
  return (warps + kWarpsPerBlock - 1) / kWarpsPerBlock;
}

__device__ double SumOfWarp(double value) {
  for (int offset = kWarp / 2; offset > 0; offset /= 2) {
    value += __shfl_xor_sync(kAll, value, offset);
  }
  return value;
}

// ResolveCorrector() of corrector.h, by all lanes of the row's warp.
__device__ void ResolveCorrector(const float* score, int64_t dim, int lane,
                                 RowStep& step) {
  double noise = 0.0, length = 0.0;
  for (int64_t k = 4 * lane; k < dim; k += 4 * kWarp) {
    const row_math::Normals z = row_math::NormalsOf(
        step.noise, static_cast<uint32_t>(k / 4), Purpose::kStep);
    for (int64_t i = 0; i < 4 && k + i < dim; ++i) {
      noise += static_cast<double>(z.z[i]) * z.z[i];
      length += static_cast<double>(score[k + i]) * score[k + i];
    }
  }
  const double h = step.parameter * SumOfWarp(noise) / SumOfWarp(length);
  const double moving = isfinite(h) ? h : 0.0;
  step.xs = static_cast<float>(moving);
  step.xz = static_cast<float>(sqrt(2.0 * moving));
}

// A warp moves a row; a lane takes the coordinates of a counter.
__global__ void __launch_bounds__(kWarp* kWarpsPerBlock)
    MoveRowsOnDevice(CudaRows rows) {
  const int64_t row = static_cast<int64_t>(blockIdx.x) * kWarpsPerBlock +
                      threadIdx.x / kWarp;
  const int lane = threadIdx.x % kWarp;
  if (row >= rows.rows) return;  // The whole warp.
  const int64_t at = row * rows.dim;
  const float* score = rows.score + at;
  float* x = rows.x + at;
  RowStep step = rows.steps[row];
  if (step.kind == StepKind::kCorrector) {
    ResolveCorrector(score, rows.dim, lane, step);
  }
  float* y = rows.y != nullptr && row_math::RowHasCompanion(step)
                 ? rows.y + at
                 : nullptr;
  const bool draws = row_math::RowDrawsNoise(step);
  bool finite = true;
  for (int64_t k = 4 * lane; k < rows.dim; k += 4 * kWarp) {
    row_math::Normals z = {};
    if (draws) {
      z = row_math::NormalsOf(step.noise, static_cast<uint32_t>(k / 4),
                              Purpose::kStep);
    }
    for (int64_t i = 0; i < 4 && k + i < rows.dim; ++i) {
      const float moved =
          row_math::Move(step, draws, z.z[i], score[k + i], x + k + i,
                         y == nullptr ? nullptr : y + k + i);
      finite = finite && isfinite(moved);
    }
  }
  if (rows.finite == nullptr) return;  // The whole warp.
  finite = __all_sync(kAll, finite);
  if (lane == 0) rows.finite[row] = finite ? 1 : 0;
}

__global__ void __launch_bounds__(kWarp* kWarpsPerBlock)
    FillOnDevice(NoiseKey first, Purpose purpose, int64_t rows, int64_t dim,
                 float* out) {
  const int64_t counters = (dim + 3) / 4;
  const int64_t index =
      static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
  if (index >= rows * counters) return;
  const int64_t row = index / counters, counter = index % counters;
  NoiseKey key = first;
  key.row += static_cast<uint32_t>(row);
  const row_math::Normals z =
      row_math::NormalsOf(key, static_cast<uint32_t>(counter), purpose);
  for (int64_t i = 0; i < 4 && 4 * counter + i < dim; ++i) {
    out[row * dim + 4 * counter + i] = z.z[i];
  }
}

}  // namespace

int AdvanceCuda(const CudaRows& rows, CUstream_st* stream) {
  if (rows.rows == 0) return cudaSuccess;
  MoveRowsOnDevice<<<static_cast<unsigned>(Blocks(rows.rows)),
                     kWarp * kWarpsPerBlock, 0, stream>>>(rows);
  return cudaGetLastError();
}

int FillNormalsCuda(const NoiseKey& first, Purpose purpose, int64_t rows,
                    int64_t dim, float* out, CUstream_st* stream) {
  const int64_t threads = rows * ((dim + 3) / 4);
  if (threads == 0) return cudaSuccess;
  FillOnDevice<<<static_cast<unsigned>(Blocks((threads + kWarp - 1) / kWarp)),
                 kWarp * kWarpsPerBlock, 0, stream>>>(first, purpose, rows, dim,
                                                      out);
  return cudaGetLastError();
}

}  // namespace scoreserve
