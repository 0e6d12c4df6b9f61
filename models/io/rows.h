#ifndef SCORESERVE_MODELS_IO_ROWS_H_
#define SCORESERVE_MODELS_IO_ROWS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace scoreserve {

// A table of numbers, row-major: what data files, query files and results hold.
struct Rows {
  int64_t dim = 0;
  std::vector<float> values;  // rows() · dim of them.

  int64_t rows() const {
    return dim == 0 ? 0 : static_cast<int64_t>(values.size()) / dim;
  }
  const float* row(int64_t i) const { return values.data() + i * dim; }
};

// The most that a file may hold, after unpacking.
inline constexpr int64_t kMaxRowsBytes = int64_t{1} << 33;

// Reads `path` by its suffix: .npy, .csv, .csv.gz; "-" is csv on standard
// input. NOT_FOUND, or INVALID_ARGUMENT naming path, line and what is wrong
// there; other codes where the file cannot be read (see files.h). npy.h and
// csv.h say what is taken. Every value read is finite.
absl::StatusOr<Rows> ReadRows(const std::string& path);

// Writes .npy or .csv by suffix, over what was there; "-" is csv on standard
// output.
absl::Status WriteRows(const std::string& path, const Rows& rows);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_IO_ROWS_H_
