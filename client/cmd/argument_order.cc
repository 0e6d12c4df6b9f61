#include "client/cmd/argument_order.h"

#include <algorithm>
#include <cstddef>

namespace scoreserve::ctl {
namespace {

using Commands = std::vector<const CLI::App*>;

bool IsOption(const std::string& word) {
  return word.size() > 1 && word[0] == '-';
}

bool IsCommand(const Commands& commands, const std::string& word) {
  return std::any_of(
      commands.begin(), commands.end(),
      [&word](const CLI::App* command) { return command->get_name() == word; });
}

// Whether `value` belongs to the option before it. One that nobody knows is
// likely to be misspelled, and to have a value like any other.
bool IsValueOf(const Commands& commands, const std::string& option,
               const std::string& value) {
  if (option.find('=') != std::string::npos) return false;
  for (const CLI::App* command : commands) {
    const CLI::Option* known = command->get_option_no_throw(option);
    if (known != nullptr) return known->get_items_expected_max() > 0;
  }
  return !IsOption(value) && !IsCommand(commands, value);
}

}  // namespace

std::vector<std::string> CommandFirst(const CLI::App& app,
                                      std::vector<std::string> arguments) {
  const Commands commands =
      app.get_subcommands([](const CLI::App*) { return true; });
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::string& word = arguments[i];
    if (IsCommand(commands, word)) {
      const auto command = arguments.begin() + static_cast<ptrdiff_t>(i);
      std::rotate(arguments.begin(), command, command + 1);
      break;
    }
    if (!IsOption(word) || app.get_option_no_throw(word) != nullptr) break;
    if (i + 1 < arguments.size() &&
        IsValueOf(commands, word, arguments[i + 1])) {
      ++i;
    }
  }
  return arguments;
}

}  // namespace scoreserve::ctl
