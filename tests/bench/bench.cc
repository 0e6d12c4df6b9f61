// ./run bench: every figure of the README, in one table.

#include <cstdio>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/strings/match.h"
#include "tests/bench/advance_figures.h"
#include "tests/bench/machine.h"
#include "tests/bench/report.h"
#include "tests/bench/rig.h"
#include "tests/bench/sampling_cases.h"
#include "tests/bench/score_cases.h"
#include "tests/bench/start_case.h"

namespace {

using scoreserve::bench::Figure;
using scoreserve::bench::Rig;

// Above this, what other processes take makes the ratios meaningless.
constexpr double kMaxOthersCores = 0.2;

struct Group {
  std::string name;
  std::function<std::vector<Figure>(Rig&)> measure;
};

const std::vector<Group>& Groups() {
  namespace b = scoreserve::bench;
  static const auto& groups = *new std::vector<Group>{
      {"throughput", b::ScoreThroughput},
      {"latency", b::ScoreLatency},
      {"tail", b::ScoreLatencyUnderSampling},
      {"refusal", b::RefusalLatency},
      {"samplers", b::ManySmallSamplers},
      {"long-sampler", b::OneLongSampler},
      {"advance", [](Rig&) { return b::AdvanceFigures(); }},
      {"start", [](Rig&) { return b::StartTime(); }},
  };
  return groups;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(
      "Measures scoreserve against an empty gRPC echo and the math alone.");
  std::string json, only;
  app.add_option("--json", json, "Also write the table to this file");
  app.add_option("--only", only, "Groups whose name contains this");
  CLI11_PARSE(app, argc, argv);

  const auto rig = scoreserve::bench::StartRig();
  std::vector<Figure> figures;
  for (const Group& group : Groups()) {
    if (!absl::StrContains(group.name, only)) continue;
    std::fprintf(stderr, "measuring %s …\n", group.name.c_str());
    const scoreserve::bench::OthersCpu others;
    for (Figure& figure : group.measure(*rig))
      figures.push_back(std::move(figure));
    figures.push_back({.name = "  other processes meanwhile",
                       .value = others.Cores(),
                       .unit = "cores",
                       .reference = "above, the group is not valid",
                       .ratio = {},
                       .at_least = {},
                       .at_most = kMaxOthersCores});
  }
  scoreserve::bench::PrintTable(figures);
  if (json.empty()) return 0;
  const absl::Status written = scoreserve::bench::WriteJson(json, figures);
  if (!written.ok())
    std::fprintf(stderr, "bench: %s\n", written.ToString().c_str());
  return written.ok() ? 0 : 1;
}
