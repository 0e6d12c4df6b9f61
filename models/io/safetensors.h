// The safetensors file format: tensors by name, and nothing that can execute.
// An 8-byte little-endian header length, a JSON header, then the data.

#ifndef SCORESERVE_MODELS_IO_SAFETENSORS_H_
#define SCORESERVE_MODELS_IO_SAFETENSORS_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace scoreserve {

// One float32 tensor, row-major. An empty shape is a scalar.
struct NamedArray {
  std::vector<int64_t> shape;
  std::vector<float> values;
};
using NamedArrays = std::map<std::string, NamedArray>;

// Reads the contents of a file. Checks, in order: the header's length is at
// most 1 MiB and inside the file, the header is UTF-8 JSON that starts with
// '{', is at most 3 deep and has no duplicate key, every dtype is F32, tensors
// sorted by offset are contiguous from 0 without hole or overlap, the checked
// product of each shape matches its size, the last ends where the file does,
// and every value is finite. INVALID_ARGUMENT with reason CORRUPT_MODEL, or
// with reason UNSUPPORTED_FORMAT where the bytes are a zip archive or a pickle,
// or the dtype is not F32. Allocates nothing before the size checks have
// passed.
absl::StatusOr<NamedArrays> ParseSafetensors(absl::string_view bytes);

// The contents of a file: header padded with spaces to 8 bytes, tensors in the
// order of their names.
std::string SerializeSafetensors(const NamedArrays& arrays);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_IO_SAFETENSORS_H_
