#include "models/samplers/normal_tensor.h"

#include "ATen/ops/empty.h"

namespace scoreserve {

at::Tensor NormalTensor(const NoiseKey& first, Purpose purpose, int64_t rows,
                        int64_t dim, at::Device device) {
#ifdef SCORESERVE_ADVANCE_CUDA
  if (device.is_cuda()) {
    return CudaNormalTensor(first, purpose, rows, dim, device);
  }
#endif
  const at::Tensor z = at::empty({rows, dim}, at::kFloat);
  FillNormals(first, purpose, rows, dim, z.mutable_data_ptr<float>());
  return z.to(device);
}

}  // namespace scoreserve
