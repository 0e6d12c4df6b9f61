#include "models/training/data_check.h"

#include <algorithm>
#include <cstdint>
#include <set>
#include <vector>

#include "absl/strings/str_cat.h"
#include "models/status.h"

namespace scoreserve {
namespace {

bool IsConstant(const Rows& rows, int64_t column) {
  for (int64_t i = 1; i < rows.rows(); ++i) {
    if (rows.row(i)[column] != rows.row(0)[column]) return false;
  }
  return true;
}

// Counts no further than `enough`.
int64_t DistinctRows(const Rows& rows, int64_t enough) {
  const auto less = [&rows](int64_t a, int64_t b) {
    return std::lexicographical_compare(rows.row(a), rows.row(a) + rows.dim,
                                        rows.row(b), rows.row(b) + rows.dim);
  };
  std::set<int64_t, decltype(less)> distinct(less);
  for (int64_t i = 0; i < rows.rows(); ++i) {
    distinct.insert(i);
    if (static_cast<int64_t>(distinct.size()) >= enough) break;
  }
  return static_cast<int64_t>(distinct.size());
}

}  // namespace

absl::Status CheckHasDensity(const Rows& training, int64_t first_column,
                             absl::string_view objective) {
  for (int64_t column = 0; column < training.dim; ++column) {
    if (!IsConstant(training, column)) continue;
    return InvalidField(
        "data",
        absl::StrCat("without constant columns for objective '", objective,
                     "' without noise, whose loss has no lower bound there"),
        absl::StrCat(training.row(0)[column], " in all ", training.rows(),
                     " training rows of column ", first_column + column,
                     " (counted from 0)"));
  }
  const int64_t distinct = DistinctRows(training, training.dim + 1);
  if (distinct <= training.dim) {
    return InvalidField(
        "data",
        absl::StrCat("of more distinct training rows than its ", training.dim,
                     " columns for objective '", objective,
                     "' without noise, whose loss has no lower bound else"),
        absl::StrCat("of ", distinct));
  }
  return absl::OkStatus();
}

}  // namespace scoreserve
