#include "models/samplers/advance_tensors.h"

#include <cstddef>
#include <cstdint>
#include <vector>

#include "ATen/ops/empty.h"
#include "ATen/ops/isfinite.h"
#include "ATen/ops/where.h"
#include "absl/types/span.h"
#include "models/samplers/kernel.h"
#include "models/samplers/noise.h"

namespace scoreserve {
namespace {

// One number of every row's step, each [rows, 1].
struct Columns {
  at::Tensor xx, xy, xs, xz, yx, yy, ys, yz;
  at::Tensor parameter;
  at::Tensor corrector, companion;  // Bool.
};

// What the rows need, all of them together.
struct Needs {
  bool noise = false, corrector = false, companion = false;
};

Needs NeedsOf(absl::Span<const RowStep> steps) {
  Needs needs;
  for (const RowStep& row : steps) {
    const bool corrector = row.kind == StepKind::kCorrector;
    needs.corrector |= corrector;
    needs.noise |= corrector || DrawsNoise(row);
    needs.companion |= HasCompanion(row);
  }
  return needs;
}

// One copy to the device for all of them.
Columns ColumnsOf(absl::Span<const RowStep> steps, at::Device device) {
  constexpr int64_t kColumns = 11;
  const auto rows = static_cast<int64_t>(steps.size());
  const at::Tensor host = at::empty({kColumns, rows}, at::kFloat);
  float* const numbers = host.mutable_data_ptr<float>();
  for (int64_t i = 0; i < rows; ++i) {
    const RowStep& row = steps[static_cast<size_t>(i)];
    const float of_row[kColumns] = {
        row.xx,
        row.xy,
        row.xs,
        row.xz,
        row.yx,
        row.yy,
        row.ys,
        row.yz,
        row.parameter,
        row.kind == StepKind::kCorrector ? 1.0f : 0.0f,
        HasCompanion(row) ? 1.0f : 0.0f};
    for (int64_t k = 0; k < kColumns; ++k) numbers[k * rows + i] = of_row[k];
  }
  const at::Tensor all = host.to(device);
  const auto column = [&all](int64_t k) {
    return all.select(0, k).unsqueeze(1);
  };
  return {.xx = column(0),
          .xy = column(1),
          .xs = column(2),
          .xz = column(3),
          .yx = column(4),
          .yy = column(5),
          .ys = column(6),
          .yz = column(7),
          .parameter = column(8),
          .corrector = column(9).ne(0),
          .companion = column(10).ne(0)};
}

at::Tensor NoiseOf(absl::Span<const RowStep> steps, int64_t dim,
                   at::Device device) {
  std::vector<NoiseKey> keys;
  keys.reserve(steps.size());
  for (const RowStep& row : steps) keys.push_back(row.noise);
  const at::Tensor z =
      at::empty({static_cast<int64_t>(steps.size()), dim}, at::kFloat);
  FillNormals(keys, Purpose::kStep, dim, z.mutable_data_ptr<float>());
  return z.to(device);
}

at::Tensor SquaredNorms(const at::Tensor& rows) {
  return rows.to(at::kDouble).square().sum(1, /*keepdim=*/true);
}

// As ResolveCorrector() in corrector.h.
void ResolveCorrectors(const at::Tensor& score, const at::Tensor& z,
                       Columns& columns) {
  const at::Tensor h = columns.parameter.to(at::kDouble)
                           .mul(SquaredNorms(z))
                           .div(SquaredNorms(score));
  const at::Tensor moving = at::where(at::isfinite(h), h, 0.0);
  const auto resolve = [&columns](at::Tensor& column, const at::Tensor& to) {
    column = at::where(columns.corrector, to.to(at::kFloat), column);
  };
  resolve(columns.xs, moving);
  resolve(columns.xz, moving.mul(2.0).sqrt());
}

}  // namespace

void AdvanceTensors(absl::Span<const RowStep> steps, const at::Tensor& score,
                    const at::Tensor& x, const at::Tensor& y) {
  const Needs needs = NeedsOf(steps);
  Columns c = ColumnsOf(steps, score.device());
  at::Tensor z;
  if (needs.noise) z = NoiseOf(steps, score.size(1), score.device());
  if (needs.corrector) ResolveCorrectors(score, z, c);
  // Products round before they are added, from left to right, as in Advance().
  at::Tensor next_x = x.mul(c.xx);
  if (needs.companion) {
    // The companion of a row that has none may be anything.
    next_x.add_(at::where(c.companion, y, 0.0).mul(c.xy));
    at::Tensor next_y = x.mul(c.yx).add_(y.mul(c.yy)).add_(score.mul(c.ys));
    if (needs.noise) next_y.add_(z.mul(c.yz));
    y.copy_(at::where(c.companion, next_y, y));
  }
  next_x.add_(score.mul(c.xs));
  if (needs.noise) next_x.add_(z.mul(c.xz));
  x.copy_(next_x);
}

}  // namespace scoreserve
