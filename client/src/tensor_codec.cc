#include "client/src/tensor_codec.h"

#include <bit>
#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/src/status_codec.h"

namespace scoreserve {
inline namespace client {
namespace {

static_assert(std::endian::native == std::endian::little,
              "tensors travel little-endian and are not converted");

}  // namespace

absl::Status CheckRows(absl::string_view field, absl::Span<const float> values,
                       int64_t rows, int64_t other_bytes, int64_t max_bytes) {
  if (rows < 1) {
    return InvalidField("rows", "at least 1", absl::StrCat(rows));
  }
  const auto size = static_cast<int64_t>(values.size());
  if (size == 0 || size % rows != 0) {
    return InvalidField(
        field, absl::StrCat("the same length for each of ", rows, " rows"),
        absl::StrCat(size, " numbers"));
  }
  const int64_t bytes =
      size * static_cast<int64_t>(sizeof(float)) + other_bytes;
  if (bytes > max_bytes) {
    return InvalidField(
        field,
        absl::StrCat("small enough for a message of ", max_bytes, " bytes"),
        absl::StrCat(rows, " rows of ", size / rows, " numbers, ", bytes,
                     " bytes with the rest"));
  }
  return absl::OkStatus();
}

void EncodeRows(absl::Span<const float> values, int64_t rows,
                v1::Tensor* tensor) {
  tensor->add_shape(rows);
  tensor->add_shape(static_cast<int64_t>(values.size()) / rows);
  tensor->set_dtype(v1::DTYPE_FLOAT32);
  tensor->set_data(values.data(), values.size() * sizeof(float));
}

absl::StatusOr<TensorView> DecodeRows(const v1::Tensor& tensor) {
  const auto numbers =
      static_cast<int64_t>(tensor.data().size() / sizeof(float));
  int64_t product = 0;
  if (tensor.dtype() != v1::DTYPE_FLOAT32 || tensor.shape_size() != 2 ||
      tensor.shape(0) < 1 || tensor.shape(1) < 1 ||
      __builtin_mul_overflow(tensor.shape(0), tensor.shape(1), &product) ||
      product != numbers || tensor.data().size() % sizeof(float) != 0) {
    return absl::InternalError(
        absl::StrCat("the server's tensor must be float32 [rows, dim]; was [",
                     absl::StrJoin(tensor.shape(), ", "), "] with ",
                     tensor.data().size(), " bytes"));
  }
  return TensorView{
      .rows = tensor.shape(0),
      .dim = tensor.shape(1),
      .values = {reinterpret_cast<const float*>(tensor.data().data()),
                 static_cast<size_t>(numbers)}};
}

absl::StatusOr<absl::Span<const double>> DecodeEnergies(
    const v1::Tensor& tensor, int64_t rows) {
  const auto size = static_cast<size_t>(rows);
  if (tensor.dtype() != v1::DTYPE_FLOAT64 || tensor.shape_size() != 1 ||
      tensor.shape(0) != rows ||
      tensor.data().size() / sizeof(double) != size ||
      tensor.data().size() % sizeof(double) != 0) {
    return absl::InternalError(
        absl::StrCat("the server's energies must be float64 [", rows,
                     "]; were [", absl::StrJoin(tensor.shape(), ", "),
                     "] with ", tensor.data().size(), " bytes"));
  }
  return absl::MakeConstSpan(
      reinterpret_cast<const double*>(tensor.data().data()), size);
}

}  // namespace client
}  // namespace scoreserve
