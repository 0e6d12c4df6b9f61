#ifndef SCORESERVE_MODELS_SAMPLERS_NORMAL_TENSOR_H_
#define SCORESERVE_MODELS_SAMPLERS_NORMAL_TENSOR_H_

#include <cstdint>

#include "ATen/core/Tensor.h"
#include "models/samplers/noise.h"

namespace scoreserve {

// What FillNormals() of that key fills: a new float32 [rows, dim] on `device`.
at::Tensor NormalTensor(const NoiseKey& first, Purpose purpose, int64_t rows,
                        int64_t dim, at::Device device = at::kCPU);

#ifdef SCORESERVE_ADVANCE_CUDA
// The same, drawn there.
at::Tensor CudaNormalTensor(const NoiseKey& first, Purpose purpose,
                            int64_t rows, int64_t dim, at::Device device);
#endif

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_SAMPLERS_NORMAL_TENSOR_H_
