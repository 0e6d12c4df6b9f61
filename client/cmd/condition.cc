#include "client/cmd/condition.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "client/cmd/outcome.h"

namespace scoreserve::ctl {

CLI::Option* AddConditionOption(CLI::App& command, ConditionOptions& options) {
  return command.add_option(
      "--condition", options.condition,
      "class=N: rows of that class; class=0,1,2 gives row after row the next "
      "one");
}

void AddConditionOptions(CLI::App& command, ConditionOptions& options) {
  CLI::Option* condition = AddConditionOption(command, options);
  command
      .add_option("--guidance", options.guidance,
                  "Weight of classifier-free guidance: 1 is the condition "
                  "alone, more follows it more closely")
      ->needs(condition);
}

absl::StatusOr<std::vector<int64_t>> ClassesOf(const ConditionOptions& options,
                                               int64_t rows) {
  const std::string& text = options.condition;
  if (text.empty()) return std::vector<int64_t>();
  const auto bad = [&text] {
    return UsageError(absl::StrCat(
        "--condition must be class=N or class=N,N,…; was '", text, "'"));
  };
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(text, absl::MaxSplits('=', 1));
  if (parts.first != "class") return bad();
  std::vector<int64_t> given;
  for (const absl::string_view part : absl::StrSplit(parts.second, ',')) {
    int64_t& value = given.emplace_back();
    if (!absl::SimpleAtoi(part, &value) || value < -1) return bad();
  }
  if (given.empty()) return bad();  // Without a "=" there is nothing to split.
  if (given.size() == 1) return given;
  std::vector<int64_t> classes(rows);
  for (int64_t i = 0; i < rows; ++i) classes[i] = given[i % given.size()];
  return classes;
}

}  // namespace scoreserve::ctl
