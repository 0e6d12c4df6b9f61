#include "client/cmd/known.h"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "client/cmd/outcome.h"

namespace scoreserve::ctl {
namespace {

// Whether `text` is a number of at least `least`, then in `value`.
bool IsInteger(absl::string_view text, int64_t least, int64_t& value) {
  return absl::SimpleAtoi(text, &value) && value >= least;
}

}  // namespace

absl::StatusOr<std::vector<bool>> ParseColumns(const std::string& text,
                                               int64_t dim) {
  std::vector<bool> columns(dim, false);
  for (const absl::string_view part : absl::StrSplit(text, ',')) {
    const std::pair<absl::string_view, absl::string_view> ends =
        absl::StrSplit(part, absl::MaxSplits(':', 1));
    int64_t from = 0, to = 0;
    bool good = IsInteger(ends.first, 0, from);
    if (part.find(':') == absl::string_view::npos) {
      to = from + 1;
    } else {
      good = good && IsInteger(ends.second, from + 1, to);
    }
    if (!good || to > dim) {
      return UsageError(absl::StrCat(
          "--known must be columns below ", dim,
          ", as 0:32,40 (the end of a range excluded); was '", text, "'"));
    }
    for (int64_t k = from; k < to; ++k) columns[k] = true;
  }
  return columns;
}

void AddKnownOptions(CLI::App& command, KnownOptions& options) {
  AddConditionOptions(command, options.condition);
  CLI::Option* inpaint = command.add_option(
      "--inpaint", options.inpaint,
      "A .csv, .csv.gz or .npy file with one row, or one for each: hold the "
      "columns of --known at its values and draw the others");
  CLI::Option* known = command.add_option(
      "--known", options.known, "Known columns of --inpaint, as 0:32,40");
  inpaint->needs(known);
  known->needs(inpaint);
  command
      .add_option("--deviation", options.deviation,
                  "Standard deviation of the known values; 0 is exact")
      ->needs(inpaint)
      ->check(CLI::NonNegativeNumber);
  command.add_option("--lower", options.lower,
                     "Keep every coordinate at or above this");
  command.add_option("--upper", options.upper,
                     "Keep every coordinate at or below this");
  command.add_flag("--reflect", options.reflect,
                   "Mirror rows at these bounds instead of projecting them");
}

absl::StatusOr<KnownRows> KnownRows::Read(const KnownOptions& options,
                                          int64_t rows, int64_t dim) {
  KnownRows known;
  absl::StatusOr<std::vector<int64_t>> classes =
      ClassesOf(options.condition, rows);
  if (!classes.ok()) return classes.status();
  known.classes_ = *std::move(classes);
  if (options.condition.guidance.has_value()) {
    known.guidance_ = {*options.condition.guidance};
  }
  if (!options.inpaint.empty()) {
    absl::StatusOr<Rows> value = ReadRows(options.inpaint);
    if (!value.ok()) return FileError(value.status());
    if (value->dim != dim || (value->rows() != 1 && value->rows() != rows)) {
      return UsageError(absl::StrCat(
          "--inpaint must have 1 or ", rows, " rows of ", dim, " numbers; ",
          options.inpaint, " has ", value->rows(), " of ", value->dim));
    }
    const absl::StatusOr<std::vector<bool>> columns =
        ParseColumns(options.known, dim);
    if (!columns.ok()) return columns.status();
    known.value_ = *std::move(value);
    known.deviation_.resize(known.value_.values.size());
    for (size_t i = 0; i < known.deviation_.size(); ++i) {
      known.deviation_[i] = (*columns)[i % dim]
                                ? static_cast<float>(options.deviation)
                                : std::numeric_limits<float>::infinity();
    }
  }
  if (options.lower.has_value() || options.upper.has_value()) {
    known.domain_ = DomainQuery{.lower = options.lower,
                                .upper = options.upper,
                                .reflect = options.reflect};
  } else if (options.reflect) {
    return UsageError("--reflect needs --lower or --upper");
  }
  return known;
}

void KnownRows::Fill(SampleQuery& query) const {
  query.condition = {.classes = classes_, .guidance = guidance_};
  query.domain = domain_;
  if (value_.rows() == 0) return;
  query.mask = MaskQuery{
      .rows = value_.rows(), .value = value_.values, .deviation = deviation_};
}

}  // namespace scoreserve::ctl
