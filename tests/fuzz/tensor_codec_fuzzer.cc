// Whatever message comes, DecodeRows() gives rows of the model's width whose
// values are finite and encode to the same bytes, or names a field of the
// tensor.

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/types/span.h"
#include "models/finite.h"
#include "models/status.h"
#include "scoreserve/v1/tensor.pb.h"
#include "server/service/tensor_codec.h"
#include "tests/fuzz/check.h"

namespace scoreserve {
namespace {

void CheckRows(const TensorRows& rows, const v1::Tensor& tensor, int64_t dim) {
  Check(rows.rows >= 1, "there is a row");
  Check(static_cast<int64_t>(rows.values.size()) == rows.rows * dim,
        "rows are whole");
  Check(AllFinite(rows.values), "values are finite");
  v1::Tensor again;
  EncodeRows(rows.values, dim, &again);
  Check(again.data() == tensor.data(), "what was read is written the same");
}

void CheckTensor(const v1::Tensor& tensor) {
  DataSpace space;
  space.shape = {2, 3};
  const auto rows = DecodeRows("x", tensor, space);
  if (rows.ok()) {
    CheckRows(*rows, tensor, space.dim());
  } else {
    Check(FieldOf(rows.status()).value_or("").rfind("x.", 0) == 0,
          "a refusal names a field of the tensor");
  }
}

}  // namespace
}  // namespace scoreserve

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  scoreserve::v1::Tensor tensor;
  if (tensor.ParseFromArray(data, static_cast<int>(size))) {
    scoreserve::CheckTensor(tensor);
  }
  return 0;
}
