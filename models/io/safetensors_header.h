#ifndef SCORESERVE_MODELS_IO_SAFETENSORS_HEADER_H_
#define SCORESERVE_MODELS_IO_SAFETENSORS_HEADER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace scoreserve {

// What a safetensors header says of one tensor, of which only the syntax has
// been checked.
struct TensorInfo {
  std::string name;
  std::string dtype;           // "F32", …
  std::vector<int64_t> shape;  // No negative sizes.
  int64_t begin = 0, end = 0;  // Of its bytes, counted from the header's end.
};

// The tensors of the JSON text `header`, in its order; "__metadata__" is
// checked and dropped. INVALID_ARGUMENT with a message that begins with "must"
// or with the name of a tensor, for what is not JSON, not of this form or has a
// key twice. Builds no tree: its memory is that of what it returns.
absl::StatusOr<std::vector<TensorInfo>> ParseTensorInfos(
    absl::string_view header);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_IO_SAFETENSORS_HEADER_H_
