// What a sampler, an objective or a network takes, declared once. The request's
// checks, its error messages, --help and the reference are made from this.

#ifndef SCORESERVE_MODELS_OPTIONS_H_
#define SCORESERVE_MODELS_OPTIONS_H_

#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace scoreserve {

// Options as they travel, in a request, a config or on a command line.
using OptionValue = std::variant<bool, int64_t, double, std::string>;
using OptionValues = std::map<std::string, OptionValue>;

// The numbers that an option takes; never NaN, never an infinity.
struct Range {
  double min = std::numeric_limits<double>::lowest();
  double max = std::numeric_limits<double>::max();
  bool min_included = true;
};
inline Range Positive() { return {.min = 0.0, .min_included = false}; }
inline Range NotNegative() { return {.min = 0.0}; }
inline Range Between(double min, double max) {
  return {.min = min, .max = max};
}

// One field of the struct `Options`, whose initialiser is the default.
template <typename Options>
struct Option {
  std::string name;
  std::variant<bool Options::*, int64_t Options::*, double Options::*,
               std::string Options::*>
      field;
  Range range;       // For numbers.
  std::string help;  // One sentence, with the unit.
  // Has no default that would suit everybody: the field's initialiser is an
  // example.
  bool required = false;
};

// One option in words, for --help, the reference and ListSamplers.
struct OptionDescription {
  std::string name;
  std::string help;
  std::string type;  // "flag", "integer", "number" or "text".
  std::string
      rule;  // "more than 0"; empty where any value of the type is taken.
  OptionValue default_value;  // Of a required option: a value to begin with.
  bool required = false;
};

namespace options_internal {

// Stores `value` in `field`, or leaves it untouched: INVALID_ARGUMENT naming
// option, rule and value. An integer is taken where a double is wanted.
absl::Status Assign(absl::string_view name, const Range& range,
                    const OptionValue& value, bool& field);
absl::Status Assign(absl::string_view name, const Range& range,
                    const OptionValue& value, int64_t& field);
absl::Status Assign(absl::string_view name, const Range& range,
                    const OptionValue& value, double& field);
absl::Status Assign(absl::string_view name, const Range& range,
                    const OptionValue& value, std::string& field);

absl::Status UnknownOption(absl::string_view name,
                           const std::vector<std::string>& known);
absl::Status MissingOption(absl::string_view name, const Range& range);

// Fills type and rule.
OptionDescription Describe(OptionDescription description, const Range& range);

}  // namespace options_internal

// The options of one thing. Immutable.
template <typename Options>
class OptionTable {
 public:
  explicit OptionTable(std::vector<Option<Options>> options)
      : options_(std::move(options)) {}

  // The defaults, overwritten by `values`. INVALID_ARGUMENT for an option that
  // is unknown, of the wrong type, out of range, or required and absent.
  absl::StatusOr<Options> Parse(const OptionValues& values) const {
    Options parsed;
    for (const auto& [name, value] : values) {
      const Option<Options>* option = Find(name);
      if (option == nullptr) {
        return options_internal::UnknownOption(name, Names());
      }
      absl::Status assigned = std::visit(
          [&, &value = value](auto field) {
            return options_internal::Assign(option->name, option->range, value,
                                            parsed.*field);
          },
          option->field);
      if (!assigned.ok()) return assigned;
    }
    for (const Option<Options>& option : options_) {
      if (option.required && !values.contains(option.name)) {
        return options_internal::MissingOption(option.name, option.range);
      }
    }
    return parsed;
  }

  // In the order of declaration.
  std::vector<OptionDescription> Describe() const {
    // On the heap: gcc 12 takes a local's unvisited fields for uninitialised.
    static const Options& defaults = *new Options();
    std::vector<OptionDescription> descriptions;
    for (const Option<Options>& option : options_) {
      OptionValue value = ValueOf(defaults, option);
      descriptions.push_back(
          options_internal::Describe({.name = option.name,
                                      .help = option.help,
                                      .type = {},
                                      .rule = {},
                                      .default_value = std::move(value),
                                      .required = option.required},
                                     option.range));
    }
    return descriptions;
  }

 private:
  const Option<Options>* Find(absl::string_view name) const {
    for (const Option<Options>& option : options_) {
      if (option.name == name) return &option;
    }
    return nullptr;
  }

  // Never inlined: GCC 12 would follow the branches of types that `Options` has
  // no field of, and warn of what it thinks it reads there.
  [[gnu::noinline]] static OptionValue ValueOf(const Options& options,
                                               const Option<Options>& option) {
    return std::visit([&](auto field) { return OptionValue(options.*field); },
                      option.field);
  }

  std::vector<std::string> Names() const {
    std::vector<std::string> names;
    for (const Option<Options>& option : options_) names.push_back(option.name);
    return names;
  }

  std::vector<Option<Options>> options_;
};

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_OPTIONS_H_
