#include "models/training/row_losses.h"

#include <cstddef>
#include <cstdint>
#include <vector>

#include "ATen/core/Tensor.h"
#include "c10/core/InferenceMode.h"
#include "models/networks/placement.h"

namespace scoreserve {

std::vector<double> RowLosses::Of(const ScoreNetwork& network,
                                  const ConditionedRows& rows,
                                  int64_t first_ordinal,
                                  Workspace& workspace) const {
  const c10::InferenceMode inference;
  std::vector<double> losses(static_cast<size_t>(rows.size()));
  if (losses.empty()) return losses;
  const at::Device device = DeviceOf(network);
  for (int64_t draw = 0; draw < draws_; ++draw) {
    const NoiseKey first = {.seed = seed_,
                            .step = static_cast<uint32_t>(draw),
                            .row = static_cast<uint32_t>(first_ordinal)};
    const at::Tensor drawn =
        objective_
            .Losses(network, noise_.AddTo(rows, first).To(device), first,
                    workspace)
            .to(at::kCPU, at::kDouble)
            .contiguous();
    const double* loss = drawn.const_data_ptr<double>();
    for (double& sum : losses) sum += *loss++;
  }
  for (double& loss : losses) loss /= static_cast<double>(draws_);
  return losses;
}

}  // namespace scoreserve
