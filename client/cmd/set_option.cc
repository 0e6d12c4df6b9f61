#include "client/cmd/set_option.h"

#include <algorithm>
#include <type_traits>
#include <utility>
#include <variant>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "client/cmd/did_you_mean.h"
#include "client/cmd/outcome.h"
#include "client/cmd/text_table.h"

namespace scoreserve::ctl {
namespace {

absl::StatusOr<OptionValue> Typed(const OptionInfo& option,
                                  const std::string& text) {
  int64_t integer = 0;
  double number = 0.0;
  if (option.type == "text") return text;
  if (option.type == "flag") {
    if (text == "true" || text == "false") return text == "true";
    return UsageError(
        absl::StrCat(option.name, " must be true or false; was '", text, "'"));
  }
  // What reads as an integer travels as one: 1e3 is a number, not an integer.
  if (absl::SimpleAtoi(text, &integer)) return integer;
  if (option.type == "number" && absl::SimpleAtod(text, &number)) return number;
  return UsageError(
      absl::StrCat(option.name, " must be ",
                   option.type == "number" ? "a number" : "an integer",
                   "; was '", text, "'"));
}

}  // namespace

absl::StatusOr<OptionValues> TypedOptions(
    const SamplerInfo& sampler, const std::vector<std::string>& settings) {
  return TypedOptions(absl::StrCat("the sampler '", sampler.name, "'"),
                      sampler.options, "--set", settings);
}

absl::StatusOr<OptionValues> TypedOptions(
    const std::string& owner, const std::vector<OptionInfo>& options,
    const std::string& flag, const std::vector<std::string>& settings) {
  OptionValues values;
  for (const std::string& setting : settings) {
    const size_t equals = setting.find('=');
    if (equals == 0 || equals == std::string::npos) {
      return UsageError(
          absl::StrCat(flag, " must be OPTION=VALUE; was '", setting, "'"));
    }
    const std::string name = setting.substr(0, equals);
    const auto option = std::find_if(
        options.begin(), options.end(),
        [&](const OptionInfo& option) { return option.name == name; });
    if (option == options.end()) {
      std::vector<std::string> names;
      for (const OptionInfo& known : options) names.push_back(known.name);
      return UsageError(absl::StrCat(owner, " has no option '", name, "'",
                                     DidYouMean(name, names)));
    }
    absl::StatusOr<OptionValue> value =
        Typed(*option, setting.substr(equals + 1));
    if (!value.ok()) return value.status();
    if (!values.emplace(name, *std::move(value)).second) {
      return UsageError(absl::StrCat("the option '", name, "' is set twice"));
    }
  }
  return values;
}

std::string OptionLines(const std::vector<OptionInfo>& options) {
  std::vector<std::vector<std::string>> lines;
  for (const OptionInfo& option : options) {
    lines.push_back({absl::StrCat("  ", option.name),
                     option.default_value.has_value()
                         ? absl::StrCat("= ", OptionText(*option.default_value))
                         : "required",
                     option.rule.empty()
                         ? option.type
                         : absl::StrCat(option.type, ", ", option.rule),
                     option.help});
  }
  return TextTable(lines);
}

std::string OptionText(const OptionValue& value) {
  return std::visit(
      [](const auto& held) -> std::string {
        using Held = std::decay_t<decltype(held)>;
        if constexpr (std::is_same_v<Held, bool>) {
          return held ? "true" : "false";
        } else {
          return absl::StrCat(held);
        }
      },
      value);
}

}  // namespace scoreserve::ctl
