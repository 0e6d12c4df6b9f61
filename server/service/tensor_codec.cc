#include "server/service/tensor_codec.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "models/finite.h"
#include "models/status.h"

namespace scoreserve {
namespace {

static_assert(std::endian::native == std::endian::little,
              "tensors travel little-endian and are not converted");

std::string ShapeText(const google::protobuf::RepeatedField<int64_t>& shape) {
  return absl::StrCat("[", absl::StrJoin(shape, ", "), "]");
}

// The product of `shape`, whose dimensions must be positive.
absl::StatusOr<int64_t> NumElements(absl::string_view field,
                                    const v1::Tensor& tensor) {
  int64_t product = 1;
  for (int i = 0; i < tensor.shape_size(); ++i) {
    const int64_t size = tensor.shape(i);
    if (size < 1) {
      return InvalidField(absl::StrCat(field, ".shape[", i, "]"), "at least 1",
                          absl::StrCat(size));
    }
    if (__builtin_mul_overflow(product, size, &product)) {
      return InvalidField(absl::StrCat(field, ".shape"), "a product below 2^63",
                          ShapeText(tensor.shape()));
    }
  }
  return product;
}

std::string WantedShape(const DataSpace& space) {
  const std::string flat = absl::StrCat("[rows, ", space.dim(), "]");
  if (space.shape.size() == 1) return flat;
  return absl::StrCat(flat, " or [rows, ", absl::StrJoin(space.shape, ", "),
                      "]");
}

bool HasWidth(const v1::Tensor& tensor, const DataSpace& space) {
  if (tensor.shape_size() == 2) return tensor.shape(1) == space.dim();
  return tensor.shape_size() >= 2 &&
         std::equal(tensor.shape().begin() + 1, tensor.shape().end(),
                    space.shape.begin(), space.shape.end());
}

// Everything but the values.
absl::StatusOr<TensorRows> DecodeAnyRows(absl::string_view field,
                                         const v1::Tensor& tensor,
                                         const DataSpace& space) {
  if (tensor.dtype() != v1::DTYPE_FLOAT32) {
    return InvalidField(absl::StrCat(field, ".dtype"), "DTYPE_FLOAT32",
                        v1::Dtype_IsValid(tensor.dtype())
                            ? v1::Dtype_Name(tensor.dtype())
                            : absl::StrCat(static_cast<int>(tensor.dtype())));
  }
  const absl::StatusOr<int64_t> elements = NumElements(field, tensor);
  if (!elements.ok()) return elements.status();
  if (!HasWidth(tensor, space)) {
    return InvalidField(absl::StrCat(field, ".shape"), WantedShape(space),
                        ShapeText(tensor.shape()));
  }
  const std::string& data = tensor.data();
  if (data.size() / sizeof(float) != static_cast<uint64_t>(*elements) ||
      data.size() % sizeof(float) != 0) {
    return InvalidField(
        absl::StrCat(field, ".data"),
        absl::StrCat("4 bytes for each of ", *elements, " elements"),
        absl::StrCat(data.size(), " bytes"));
  }
  return TensorRows{.values = {reinterpret_cast<const float*>(data.data()),
                               static_cast<size_t>(*elements)},
                    .rows = tensor.shape(0)};
}

// `values[bad]` breaks `rule`.
absl::Status BadValue(absl::string_view field, absl::Span<const float> values,
                      const float* bad, absl::string_view rule) {
  return InvalidField(absl::StrCat(field, ".data[", bad - values.begin(), "]"),
                      rule, absl::StrCat(*bad));
}

}  // namespace

absl::StatusOr<TensorRows> DecodeRows(absl::string_view field,
                                      const v1::Tensor& tensor,
                                      const DataSpace& space) {
  absl::StatusOr<TensorRows> rows = DecodeAnyRows(field, tensor, space);
  if (!rows.ok() || AllFinite(rows->values)) return rows;
  const auto is_bad = [](const float& value) {
    return !AllFinite(absl::MakeConstSpan(&value, 1));
  };
  return BadValue(
      field, rows->values,
      std::find_if(rows->values.begin(), rows->values.end(), is_bad), "finite");
}

absl::StatusOr<std::vector<float>> DecodeRowsIfGiven(absl::string_view field,
                                                     bool given,
                                                     const v1::Tensor& tensor,
                                                     const DataSpace& space) {
  if (!given) return std::vector<float>();
  const absl::StatusOr<TensorRows> rows = DecodeRows(field, tensor, space);
  if (!rows.ok()) return rows.status();
  return std::vector<float>(rows->values.begin(), rows->values.end());
}

absl::StatusOr<TensorRows> DecodeDeviations(absl::string_view field,
                                            const v1::Tensor& tensor,
                                            const DataSpace& space) {
  absl::StatusOr<TensorRows> rows = DecodeAnyRows(field, tensor, space);
  if (!rows.ok()) return rows;
  // Written so that NaN is bad.
  const auto bad =
      std::find_if_not(rows->values.begin(), rows->values.end(),
                       [](const float value) { return value >= 0.0f; });
  if (bad == rows->values.end()) return rows;
  return BadValue(field, rows->values, bad, "at least 0, or infinite");
}

void EncodeRows(absl::Span<const float> values, int64_t dim,
                v1::Tensor* tensor) {
  tensor->clear_shape();
  tensor->add_shape(static_cast<int64_t>(values.size()) / dim);
  tensor->add_shape(dim);
  tensor->set_dtype(v1::DTYPE_FLOAT32);
  tensor->set_data(values.data(), values.size() * sizeof(float));
}

void EncodeEnergies(absl::Span<const double> energies, v1::Tensor* tensor) {
  tensor->clear_shape();
  tensor->add_shape(static_cast<int64_t>(energies.size()));
  tensor->set_dtype(v1::DTYPE_FLOAT64);
  tensor->set_data(energies.data(), energies.size() * sizeof(double));
}

}  // namespace scoreserve
