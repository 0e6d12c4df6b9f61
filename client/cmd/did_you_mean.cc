#include "client/cmd/did_you_mean.h"

#include <algorithm>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace scoreserve::ctl {
namespace {

// Insertions, deletions and replacements that turn `a` into `b`.
size_t EditDistance(absl::string_view a, absl::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (size_t i = 0; i < a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i + 1;
    for (size_t j = 0; j < b.size(); ++j) {
      const size_t replaced = diagonal + (a[i] != b[j]);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string DidYouMean(absl::string_view word,
                       const std::vector<std::string>& known) {
  const auto closest = std::min_element(
      known.begin(), known.end(), [word](const auto& a, const auto& b) {
        return EditDistance(word, a) < EditDistance(word, b);
      });
  // A third of the letters, and always two swapped ones.
  const size_t near = std::max<size_t>(2, word.size() / 3);
  if (closest != known.end() && EditDistance(word, *closest) <= near) {
    return absl::StrCat("; did you mean '", *closest, "'?");
  }
  return absl::StrCat("; there are: ", absl::StrJoin(known, ", "));
}

}  // namespace scoreserve::ctl
