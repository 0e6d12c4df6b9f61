#include "models/options.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "models/status.h"

namespace scoreserve::options_internal {
namespace {

std::string ToText(const OptionValue& value) {
  if (const auto* flag = std::get_if<bool>(&value)) {
    return *flag ? "true" : "false";
  }
  if (const auto* text = std::get_if<std::string>(&value)) {
    return absl::StrCat("'", *text, "'");
  }
  if (const auto* integer = std::get_if<int64_t>(&value)) {
    return absl::StrCat(*integer);
  }
  return absl::StrCat(std::get<double>(value));
}

absl::Status Refusal(absl::string_view name, absl::string_view rule,
                     const OptionValue& value) {
  return InvalidField(name, rule, ToText(value));
}

bool Contains(const Range& range, double number) {
  return std::isfinite(number) && number <= range.max &&
         (range.min_included ? number >= range.min : number > range.min);
}

// A bound as people write it: whole ones in full, not 1e+06.
std::string BoundText(double bound) {
  constexpr double kLargest = 1e15;  // Exact in either type.
  if (bound == std::trunc(bound) && std::abs(bound) <= kLargest) {
    return absl::StrCat(static_cast<int64_t>(bound));
  }
  return absl::StrCat(bound);
}

std::string Rule(const Range& range) {
  const std::string min = BoundText(range.min), max = BoundText(range.max);
  const bool has_min = range.min > Range().min,
             has_max = range.max < Range().max;
  if (has_min && has_max) {
    return absl::StrCat("between ", min, " and ", max);
  }
  if (has_max) return absl::StrCat("at most ", max);
  if (!has_min) return "finite";
  return absl::StrCat(range.min_included ? "at least " : "more than ", min);
}

template <typename Number>
absl::Status AssignNumber(absl::string_view name, const Range& range,
                          const OptionValue& value, Number number,
                          Number& field) {
  if (!Contains(range, static_cast<double>(number))) {
    return Refusal(name, Rule(range), value);
  }
  field = number;
  return absl::OkStatus();
}

}  // namespace

absl::Status Assign(absl::string_view name, const Range&,
                    const OptionValue& value, bool& field) {
  const auto* flag = std::get_if<bool>(&value);
  if (flag == nullptr) return Refusal(name, "true or false", value);
  field = *flag;
  return absl::OkStatus();
}

absl::Status Assign(absl::string_view name, const Range& range,
                    const OptionValue& value, int64_t& field) {
  const auto* integer = std::get_if<int64_t>(&value);
  if (integer == nullptr) return Refusal(name, "an integer", value);
  return AssignNumber(name, range, value, *integer, field);
}

absl::Status Assign(absl::string_view name, const Range& range,
                    const OptionValue& value, double& field) {
  if (const auto* integer = std::get_if<int64_t>(&value)) {
    return AssignNumber(name, range, value, static_cast<double>(*integer),
                        field);
  }
  const auto* number = std::get_if<double>(&value);
  if (number == nullptr) return Refusal(name, "a number", value);
  return AssignNumber(name, range, value, *number, field);
}

absl::Status Assign(absl::string_view name, const Range&,
                    const OptionValue& value, std::string& field) {
  const auto* text = std::get_if<std::string>(&value);
  if (text == nullptr) return Refusal(name, "text", value);
  field = *text;
  return absl::OkStatus();
}

absl::Status UnknownOption(absl::string_view name,
                           const std::vector<std::string>& known) {
  return InvalidField(
      name, absl::StrCat("there is no option '", name,
                         "'; there are: ", absl::StrJoin(known, ", ")));
}

absl::Status MissingOption(absl::string_view name, const Range& range) {
  return InvalidField(name, absl::StrCat("given, ", Rule(range)), "absent");
}

OptionDescription Describe(OptionDescription description, const Range& range) {
  constexpr const char* kTypes[] = {"flag", "integer", "number", "text"};
  const size_t type = description.default_value.index();
  description.type = kTypes[type];
  const bool number = type == 1 || type == 2;
  description.rule = number ? Rule(range) : "";
  return description;
}

}  // namespace scoreserve::options_internal
