// Options as people write and read them: "name=value" on a command line, and
// the tables of --help.

#ifndef SCORESERVE_MODELS_OPTION_TEXT_H_
#define SCORESERVE_MODELS_OPTION_TEXT_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "models/options.h"

namespace scoreserve {

// true and false are flags, then an integer if it is one, a number if it is
// one, else text.
OptionValue ParseOptionValue(const std::string& text);

// As a person would write it.
std::string OptionValueText(const OptionValue& value);

// Of "name=value" each. INVALID_ARGUMENT naming `field` where '=' or the name
// is missing, or a name comes twice.
absl::StatusOr<OptionValues> ParseOptionSettings(
    absl::string_view field, const std::vector<std::string>& settings);

// "width  256  Units of each hidden layer (integer, between 1 and 8192)", one
// line an option, each after `indent`.
std::string OptionsHelp(const std::vector<OptionDescription>& options,
                        absl::string_view indent);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_OPTION_TEXT_H_
