#include "tests/bench/groups.h"

#include <cstdio>
#include <utility>

#include "absl/strings/match.h"
#include "tests/bench/machine.h"

namespace scoreserve::bench {
namespace {

// Above this, what other processes take makes the ratios meaningless.
constexpr double kMaxOthersCores = 0.2;

}  // namespace

int MeasureGroups(const std::vector<Group>& groups, const std::string& only,
                  const std::string& json) {
  std::vector<Figure> figures;
  for (const Group& group : groups) {
    if (!absl::StrContains(group.name, only)) continue;
    std::fprintf(stderr, "measuring %s …\n", group.name.c_str());
    const OthersCpu others;
    for (Figure& figure : group.measure()) figures.push_back(std::move(figure));
    figures.push_back({.name = "  other processes meanwhile",
                       .value = others.Cores(),
                       .unit = "cores",
                       .reference = "above, the group is not valid",
                       .ratio = {},
                       .at_least = {},
                       .at_most = kMaxOthersCores});
  }
  PrintTable(figures);
  if (json.empty()) return 0;
  const absl::Status written = WriteJson(json, figures);
  if (!written.ok())
    std::fprintf(stderr, "bench: %s\n", written.ToString().c_str());
  return written.ok() ? 0 : 1;
}

}  // namespace scoreserve::bench
