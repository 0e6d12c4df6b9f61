// numpy's .npy files.

#ifndef SCORESERVE_MODELS_IO_NPY_H_
#define SCORESERVE_MODELS_IO_NPY_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "models/io/rows.h"

namespace scoreserve {

// Reads the contents of a file of version 1, 2 or 3, of little-endian float32
// or float64, int32, int64 or uint8, in C order. The first axis counts the
// rows, the others are flattened; one axis alone is a column. INVALID_ARGUMENT
// for anything else, for a size that does not fit the shape, and for a value
// that is not finite as a float32; the message says which.
absl::StatusOr<Rows> ParseNpy(absl::string_view bytes);

// The contents of a version 1 file of float32 [rows, dim].
std::string SerializeNpy(const Rows& rows);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_IO_NPY_H_
