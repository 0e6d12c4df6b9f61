#include "models/option_text.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "models/status.h"

namespace scoreserve {

OptionValue ParseOptionValue(const std::string& text) {
  if (text == "true") return true;
  if (text == "false") return false;
  if (int64_t integer = 0; absl::SimpleAtoi(text, &integer)) return integer;
  if (double number = 0.0; absl::SimpleAtod(text, &number)) return number;
  return text;
}

std::string OptionValueText(const OptionValue& value) {
  if (const auto* flag = std::get_if<bool>(&value))
    return *flag ? "true" : "false";
  if (const auto* integer = std::get_if<int64_t>(&value))
    return absl::StrCat(*integer);
  if (const auto* number = std::get_if<double>(&value))
    return absl::StrCat(*number);
  return std::get<std::string>(value);
}

absl::StatusOr<OptionValues> ParseOptionSettings(
    absl::string_view field, const std::vector<std::string>& settings) {
  OptionValues values;
  for (const std::string& setting : settings) {
    const size_t equals = setting.find('=');
    if (equals == std::string::npos || equals == 0) {
      return InvalidField(field, "name=value", absl::StrCat("'", setting, "'"));
    }
    const std::string name = setting.substr(0, equals);
    if (!values.emplace(name, ParseOptionValue(setting.substr(equals + 1)))
             .second) {
      return InvalidField(field, "given once for each name",
                          absl::StrCat("given twice for '", name, "'"));
    }
  }
  return values;
}

std::string OptionsHelp(const std::vector<OptionDescription>& options,
                        absl::string_view indent) {
  size_t name_width = 0, default_width = 0;
  const auto default_text = [](const OptionDescription& option) {
    return option.required ? "required" : OptionValueText(option.default_value);
  };
  for (const OptionDescription& option : options) {
    name_width = std::max(name_width, option.name.size());
    default_width = std::max(default_width, default_text(option).size());
  }
  const auto padded = [](std::string text, size_t width) {
    text.resize(std::max(width, text.size()), ' ');
    return text;
  };
  std::string help;
  for (const OptionDescription& option : options) {
    std::string kind = option.type;
    if (!option.rule.empty()) absl::StrAppend(&kind, ", ", option.rule);
    absl::StrAppend(&help, indent, padded(option.name, name_width), "  ",
                    padded(default_text(option), default_width), "  ",
                    option.help, " (", kind, ")\n");
  }
  return help;
}

}  // namespace scoreserve
