#ifndef SCORESERVE_CLIENT_SRC_TENSOR_CODEC_H_
#define SCORESERVE_CLIENT_SRC_TENSOR_CODEC_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "scoreserve/v1/tensor.pb.h"

namespace scoreserve {
inline namespace client {

// OK where `values` is [rows, dim] for some dim ≥ 1 and rows ≥ 1, and fits a
// message of `max_bytes` beside `other_bytes`. INVALID_ARGUMENT naming `field`
// and the sizes.
absl::Status CheckRows(absl::string_view field, absl::Span<const float> values,
                       int64_t rows, int64_t other_bytes, int64_t max_bytes);

// Copies `values`, once. Requires CheckRows().
void EncodeRows(absl::Span<const float> values, int64_t rows,
                v1::Tensor* tensor);

// [rows, dim] as it lies in a reply.
struct TensorView {
  int64_t rows = 0;
  int64_t dim = 0;
  absl::Span<const float> values = {};
};

// Not copied: valid as long as `tensor` is. INTERNAL where the reply is not a
// float32 tensor [rows, dim] whose size matches its shape.
absl::StatusOr<TensorView> DecodeRows(const v1::Tensor& tensor);

// One number for each of `rows` rows, not copied. INTERNAL where the reply is
// not a float64 tensor [rows] of that size.
absl::StatusOr<absl::Span<const double>> DecodeEnergies(
    const v1::Tensor& tensor, int64_t rows);

}  // namespace client
}  // namespace scoreserve

#endif  // SCORESERVE_CLIENT_SRC_TENSOR_CODEC_H_
