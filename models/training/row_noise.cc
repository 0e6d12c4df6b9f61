#include "models/training/row_noise.h"

#include <cstddef>
#include <vector>

#include "ATen/core/Tensor.h"
#include "models/networks/ordinary_mode.h"
#include "models/samplers/normal_tensor.h"

namespace scoreserve {

ConditionedRows RowNoise::AddTo(const ConditionedRows& rows,
                                const NoiseKey& first) const {
  if (none()) return rows;
  // An objective may differentiate in the rows.
  const OrdinaryMode ordinary;
  const int64_t count = rows.size(), dim = rows.x.size(1);
  const at::Tensor x = rows.x.clone(at::MemoryFormat::Contiguous);
  if (width_ > 0.0) {
    std::vector<double> uniforms(static_cast<size_t>(x.numel()));
    FillUniforms(first, Purpose::kDequantise, count, dim, uniforms.data());
    float* value = x.mutable_data_ptr<float>();
    for (const double u : uniforms) {
      *value++ += static_cast<float>(width_ * (u - 0.5));
    }
  }
  if (deviation_ > 0.0) {
    x.add_(NormalTensor(first, Purpose::kDataNoise, count, dim), deviation_);
  }
  return {.x = x, .condition = rows.condition};
}

}  // namespace scoreserve
