#ifndef SCORESERVE_MODELS_IO_CSV_H_
#define SCORESERVE_MODELS_IO_CSV_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "models/io/rows.h"

namespace scoreserve {

// Reads lines of numbers between commas, or semicolons if the first line has
// one. A first line without any number is a heading, and dropped. Every line
// must have as many numbers as the first, each finite as a float32.
// INVALID_ARGUMENT as "line 3, column 2 must be a number; was 'x'", both
// counted from 1.
absl::StatusOr<Rows> ParseCsv(absl::string_view text);

// Lines of the shortest decimals that read back as the same numbers.
std::string SerializeCsv(const Rows& rows);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_IO_CSV_H_
