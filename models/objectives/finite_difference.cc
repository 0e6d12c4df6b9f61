#include "models/objectives/finite_difference.h"

#include <cmath>
#include <cstdint>
#include <vector>

#include "ATen/ops/cat.h"
#include "absl/strings/str_cat.h"
#include "models/status.h"

namespace scoreserve {

absl::Status CheckStep(double step, double least) {
  if (step >= least && step <= 1.0) return absl::OkStatus();
  return InvalidField(
      "step",
      absl::StrCat("between ", least,
                   ", below which float32's rounding drowns the difference, "
                   "and 1"),
      absl::StrCat(step));
}

at::Tensor HeightsOf(double step, const at::Tensor& scale, int64_t dim) {
  return scale.mul(step / std::sqrt(static_cast<double>(dim))).view({-1, 1, 1});
}

ScoreInput PointsAround(const ScoreInput& input, const at::Tensor& moves,
                        bool centre) {
  const int64_t projections = moves.size(1);
  // [projections, rows, dim], so that a block is all rows once.
  const at::Tensor by_projection = moves.transpose(0, 1);
  const at::Tensor x = input.x.unsqueeze(0);
  std::vector<at::Tensor> blocks;
  if (centre) blocks.push_back(x);
  blocks.push_back(x.add(by_projection));
  blocks.push_back(x.sub(by_projection));
  const int64_t times = 2 * projections + (centre ? 1 : 0);
  ScoreInput points = {.x = at::cat(blocks).flatten(0, 1)};
  if (input.label.defined()) points.label = input.label.repeat({times});
  if (input.condition.defined()) {
    points.condition = input.condition.repeat({times});
  }
  return points;
}

PointValues ValuesAround(const at::Tensor& values, int64_t rows, bool centre) {
  std::vector<int64_t> shape = values.sizes().vec();
  shape.front() = rows;
  shape.insert(shape.begin(), -1);
  const at::Tensor blocks = values.view(shape);
  const int64_t first = centre ? 1 : 0;
  const int64_t projections = (blocks.size(0) - first) / 2;
  return {.centre = centre ? blocks[0] : at::Tensor(),
          .plus = blocks.narrow(0, first, projections),
          .minus = blocks.narrow(0, first + projections, projections)};
}

}  // namespace scoreserve
