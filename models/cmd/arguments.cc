#include "models/cmd/arguments.h"

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "models/status.h"

namespace scoreserve {
namespace {

absl::Status Refusal(absl::string_view field, absl::string_view rule,
                     absl::string_view text) {
  return InvalidField(field, rule, absl::StrCat("'", text, "'"));
}

absl::Status ParseNumber(absl::string_view field, const std::string& text,
                         std::optional<double>& number) {
  if (text.empty()) return absl::OkStatus();
  double value = 0.0;
  if (!absl::SimpleAtod(text, &value) || !std::isfinite(value)) {
    return Refusal(field, "a number", text);
  }
  number = value;
  return absl::OkStatus();
}

// "0:64", ":64", "1:"
absl::Status ParseColumns(const std::string& text, DataOptions& options) {
  if (text.empty()) return absl::OkStatus();
  const std::pair<std::string, std::string> ends = absl::StrSplit(text, ':');
  int64_t end = 0;
  const bool first_ok =
      ends.first.empty() || absl::SimpleAtoi(ends.first, &options.first_column);
  const bool end_ok =
      ends.second.empty() || absl::SimpleAtoi(ends.second, &end);
  if (!first_ok || !end_ok || text.find(':') == std::string::npos) {
    return Refusal("columns", "FIRST:END, END not included", text);
  }
  if (!ends.second.empty()) options.end_column = end;
  return absl::OkStatus();
}

}  // namespace

int Report(const absl::Status& status) {
  const std::string message(status.message());
  std::fprintf(stderr, "scoretrain: %s\n", message.c_str());
  switch (status.code()) {
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kNotFound:
      return kExitUsage;
    case absl::StatusCode::kCancelled:
      return kExitInterrupted;
    default:
      return kExitFailed;
  }
}

absl::StatusOr<std::vector<int64_t>> ParseIntegers(absl::string_view field,
                                                   const std::string& text) {
  std::vector<int64_t> integers;
  if (text.empty()) return integers;
  for (const absl::string_view part : absl::StrSplit(text, ',')) {
    int64_t integer = 0;
    if (!absl::SimpleAtoi(part, &integer) || integer < 1) {
      return Refusal(field, "positive integers with commas between", text);
    }
    integers.push_back(integer);
  }
  return integers;
}

absl::StatusOr<std::pair<double, double>> ParseInterval(
    absl::string_view field, const std::string& text) {
  const std::pair<std::string, std::string> ends = absl::StrSplit(text, ',');
  std::pair<double, double> interval;
  if (!absl::SimpleAtod(ends.first, &interval.first) ||
      !absl::SimpleAtod(ends.second, &interval.second) ||
      !(interval.first <= interval.second) || !std::isfinite(interval.first) ||
      !std::isfinite(interval.second)) {
    return Refusal(field, "MIN,MAX", text);
  }
  return interval;
}

void DataArguments::AddTo(CLI::App& app) {
  app.add_option("--data", data,
                 "Rows: .csv, .csv.gz or .npy; - is csv on stdin")
      ->group("Data");
  app.add_option("--columns", columns,
                 "Columns that are data, FIRST:END, END not included [all]")
      ->group("Data");
  app.add_option("--class-column", class_column,
                 "Column of the class 0, 1, ... of a row; -1: none")
      ->capture_default_str()
      ->group("Data");
  app.add_option("--shape", shape,
                 "Shape of one row, as 8,8 [number of columns]")
      ->group("Data");
  app.add_option("--hold-out-every", hold_out_every,
                 "Holds out rows i with i % n = n - 1; 0: none")
      ->capture_default_str()
      ->group("Data");
  app.add_option(
         "--offset", offset,
         "Data value that is 0 in model space [mean of training values]")
      ->group("Data");
  app.add_option("--scale", scale,
                 "Data's unit in model space [their standard deviation]")
      ->group("Data");
  app.add_option("--range", range, "Where data lies, MIN,MAX, if it is bounded")
      ->group("Data");
}

absl::StatusOr<DataOptions> DataArguments::Parse() const {
  DataOptions options;
  if (data.empty())
    return InvalidField("data", "data must be given: --data FILE");
  options.path = data;
  options.hold_out_every = hold_out_every;
  if (class_column != -1) options.class_column = class_column;
  absl::Status status = ParseColumns(columns, options);
  if (status.ok()) status = ParseNumber("offset", offset, options.offset);
  if (status.ok()) status = ParseNumber("scale", scale, options.scale);
  if (!status.ok()) return status;
  absl::StatusOr<std::vector<int64_t>> parsed_shape =
      ParseIntegers("shape", shape);
  if (!parsed_shape.ok()) return parsed_shape.status();
  options.shape = *std::move(parsed_shape);
  if (!range.empty()) {
    absl::StatusOr<std::pair<double, double>> interval =
        ParseInterval("range", range);
    if (!interval.ok()) return interval.status();
    options.min = interval->first;
    options.max = interval->second;
  }
  return options;
}

}  // namespace scoreserve
