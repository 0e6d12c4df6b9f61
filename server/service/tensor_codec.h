// The only place where tensors meet protobuf.

#ifndef SCORESERVE_SERVER_SERVICE_TENSOR_CODEC_H_
#define SCORESERVE_SERVER_SERVICE_TENSOR_CODEC_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "models/io/model_config.h"
#include "scoreserve/v1/tensor.pb.h"

namespace scoreserve {

// Rows that lie in a message, not copied: valid as long as the message is.
struct TensorRows {
  absl::Span<const float> values;
  int64_t rows = 0;
};

// Reads rows shaped [rows, dim] or [rows, ...space.shape]. INVALID_ARGUMENT
// naming `field` and the part that breaks its rule: dtype, rank, a dimension
// that is not positive, a product that overflows or does not match the data's
// size, a width that is not the model's, a value that is not finite.
absl::StatusOr<TensorRows> DecodeRows(absl::string_view field,
                                      const v1::Tensor& tensor,
                                      const DataSpace& space);

// The same, copied; nothing where it is not given.
absl::StatusOr<std::vector<float>> DecodeRowsIfGiven(absl::string_view field,
                                                     bool given,
                                                     const v1::Tensor& tensor,
                                                     const DataSpace& space);

// The same for standard deviations: at least 0, and infinite ones are taken.
absl::StatusOr<TensorRows> DecodeDeviations(absl::string_view field,
                                            const v1::Tensor& tensor,
                                            const DataSpace& space);

// Sets shape [rows, dim], dtype and data.
void EncodeRows(absl::Span<const float> values, int64_t dim,
                v1::Tensor* tensor);

// Sets shape [rows], dtype and data: one number a row, as float64.
void EncodeEnergies(absl::Span<const double> energies, v1::Tensor* tensor);

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_SERVICE_TENSOR_CODEC_H_
