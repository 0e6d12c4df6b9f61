#include "models/experiments/digit_rows.h"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "ATen/ops/empty.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "models/io/rows.h"
#include "models/training/batch_law.h"

namespace scoreserve {

absl::StatusOr<DigitRows> ReadDigits(const std::string& folder, uint64_t seed) {
  const std::string path = absl::StrCat(folder, "/digits.csv.gz");
  const absl::StatusOr<Rows> rows = ReadRows(path);
  if (!rows.ok()) return rows.status();
  if (rows->dim < kPixels || rows->rows() < 10) {
    return absl::InvalidArgumentError(absl::StrCat(
        path, " must have at least 10 rows of ", kPixels, " pixels"));
  }
  // An epoch's order is a permutation.
  std::vector<int64_t> order(static_cast<size_t>(rows->rows()));
  FillBatch(seed, /*batch=*/0, rows->rows(), absl::MakeSpan(order));
  const at::Tensor pixels = at::empty({rows->rows(), kPixels});
  float* out = pixels.mutable_data_ptr<float>();
  for (const int64_t row : order) {
    out = std::copy_n(rows->row(row), kPixels, out);
  }
  const int64_t test = rows->rows() / 10;
  return DigitRows{.training = pixels.narrow(0, test, rows->rows() - test),
                   .test = pixels.narrow(0, 0, test)};
}

}  // namespace scoreserve
