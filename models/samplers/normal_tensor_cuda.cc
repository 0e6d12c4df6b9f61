// Built with advance.cu (SCORESERVE_ADVANCE_CUDA).

#ifdef SCORESERVE_ADVANCE_CUDA

#include "ATen/ops/empty.h"
#include "c10/cuda/CUDAException.h"
#include "c10/cuda/CUDAGuard.h"
#include "c10/cuda/CUDAStream.h"
#include "models/samplers/advance_cuda.h"
#include "models/samplers/normal_tensor.h"

namespace scoreserve {

at::Tensor CudaNormalTensor(const NoiseKey& first, Purpose purpose,
                            int64_t rows, int64_t dim, at::Device device) {
  const c10::cuda::CUDAGuard guard(device);
  const at::Tensor z = at::empty(
      {rows, dim}, at::TensorOptions().dtype(at::kFloat).device(device));
  const int error =
      FillNormalsCuda(first, purpose, rows, dim, z.mutable_data_ptr<float>(),
                      c10::cuda::getCurrentCUDAStream(device.index()).stream());
  C10_CUDA_CHECK(static_cast<cudaError_t>(error));
  return z;
}

}  // namespace scoreserve

#endif  // SCORESERVE_ADVANCE_CUDA
