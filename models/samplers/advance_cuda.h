// Noise and steps on a CUDA device (advance.cu), where the build has its
// compiler: SCORESERVE_ADVANCE_CUDA.

#ifndef SCORESERVE_MODELS_SAMPLERS_ADVANCE_CUDA_H_
#define SCORESERVE_MODELS_SAMPLERS_ADVANCE_CUDA_H_

#include <cstdint>

#include "models/samplers/advance.h"
#include "models/samplers/noise.h"

struct CUstream_st;  // What a cudaStream_t points at.

namespace scoreserve {

// Rows in a device's memory; arrays are row-major [rows, dim].
struct CudaRows {
  const RowStep* steps = nullptr;  // [rows].
  int64_t rows = 0, dim = 0;
  const float* score = nullptr;
  float* x = nullptr;
  float* y = nullptr;  // Null where no row has a companion.
  // [rows]: becomes whether all of a row's new x is. Null: nobody asks.
  uint8_t* finite = nullptr;
};

// What MoveRows() (move_rows.h) does to rows of the kinds kAffine and
// kCorrector that nothing is known of, in one kernel: Advance()'s bits; the
// norms of a corrector are summed in another order. Asks `stream` for it and
// returns; may be captured. Allocates nothing. Returns cudaGetLastError().
int AdvanceCuda(const CudaRows& rows, CUstream_st* stream);

// FillNormals() of that key into a device's memory: its bits.
int FillNormalsCuda(const NoiseKey& first, Purpose purpose, int64_t rows,
                    int64_t dim, float* out, CUstream_st* stream);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_SAMPLERS_ADVANCE_CUDA_H_
