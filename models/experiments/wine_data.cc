#include "models/experiments/wine_data.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <tuple>

#include "ATen/ops/empty.h"
#include "ATen/ops/from_blob.h"
#include "ATen/ops/linalg_eigh.h"
#include "ATen/ops/unique_dim.h"
#include "models/io/rows.h"
#include "models/samplers/noise.h"
#include "models/samplers/normal_tensor.h"

namespace scoreserve {
namespace {

enum Draw : uint32_t { kSpread, kOrder, kNoise };

at::Tensor Uniforms(int64_t rows, int64_t dim, uint64_t seed, Draw draw) {
  const at::Tensor u = at::empty({rows, dim}, at::kDouble);
  FillUniforms({.seed = seed, .step = draw, .row = 0}, Purpose::kUser, rows,
               dim, u.mutable_data_ptr<double>());
  return u;
}

// Between neighbours among the values of a column.
double MedianGap(const at::Tensor& column) {
  const at::Tensor values = std::get<0>(at::unique_dim(column, 0));
  if (values.size(0) < 2) return 0.0;
  return values.diff().median().item<double>();
}

at::Tensor Whitened(const at::Tensor& x) {
  const at::Tensor centred = x.sub(x.mean(0));
  const at::Tensor covariance =
      centred.t().matmul(centred).div(static_cast<double>(x.size(0)));
  const auto [variances, axes] = at::linalg_eigh(covariance);
  return centred.matmul(axes).div(variances.sqrt());
}

// Of each of `rows` whether it equals none of `others`.
at::Tensor UnlikeAny(const at::Tensor& rows, const at::Tensor& others) {
  return rows.unsqueeze(1).eq(others.unsqueeze(0)).all(2).any(1).logical_not();
}

}  // namespace

absl::StatusOr<WineData> ReadWine(const std::string& path, uint64_t seed) {
  absl::StatusOr<Rows> read = ReadRows(path);
  if (!read.ok()) return read.status();
  const int64_t rows = read->rows(), dim = read->dim - 1;
  const at::Tensor order =
      Uniforms(rows, 1, seed, kOrder).view({rows}).argsort();
  const at::Tensor measured =
      at::from_blob(read->values.data(), {rows, read->dim})
          .narrow(1, 0, dim)
          .index_select(0, order);
  at::Tensor x = measured.to(at::kDouble);
  const at::Tensor spread =
      Uniforms(rows, dim, seed, kSpread).mul(2.0).sub(1.0);
  for (int64_t d = 0; d < dim; ++d) {
    at::Tensor column = x.select(1, d);
    column.add_(spread.select(1, d), MedianGap(column.clone()));
  }
  x = Whitened(x);
  const at::Tensor noise = NormalTensor(
      {.seed = seed, .step = kNoise, .row = 0}, Purpose::kUser, rows, dim);
  x = x.to(at::kFloat).add(noise, 0.05);

  const int64_t test = std::min<int64_t>(1000, rows / 10);
  const int64_t validation = std::min<int64_t>(1000, (rows - test) / 10);
  const int64_t train = rows - test - validation;
  return WineData{
      .train = x.narrow(0, 0, train),
      .validation = x.narrow(0, train, validation),
      .test = x.narrow(0, train + validation, test),
      .unlike = UnlikeAny(measured.narrow(0, train + validation, test),
                          measured.narrow(0, 0, train))};
}

}  // namespace scoreserve
