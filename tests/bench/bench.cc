// ./run bench: every figure of the README, in one table.

#include <functional>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "tests/bench/advance_figures.h"
#include "tests/bench/fine_tuning_cases.h"
#include "tests/bench/groups.h"
#include "tests/bench/load_cases.h"
#include "tests/bench/overload_case.h"
#include "tests/bench/rig.h"
#include "tests/bench/sampling_cases.h"
#include "tests/bench/score_cases.h"
#include "tests/bench/start_case.h"
#include "tests/bench/streams_case.h"
#include "tests/bench/training_case.h"

int main(int argc, char** argv) {
  CLI::App app(
      "Measures scoreserve against an empty gRPC echo and the math alone.");
  std::string json, only;
  app.add_option("--json", json, "Also write the table to this file");
  app.add_option("--only", only, "Groups whose name contains this");
  CLI11_PARSE(app, argc, argv);

  namespace b = scoreserve::bench;
  const auto rig = b::StartRig();
  const auto with_rig = [&rig](std::vector<b::Figure> (*measure)(b::Rig&)) {
    return [&rig, measure] { return measure(*rig); };
  };
  scoreserve::Engine& engine = rig->server->engine();
  return b::MeasureGroups(
      {
          {"throughput", with_rig(b::ScoreThroughput)},
          {"latency", with_rig(b::ScoreLatency)},
          {"tail", with_rig(b::ScoreLatencyUnderSampling)},
          {"refusal", with_rig(b::RefusalLatency)},
          {"deterministic", [&] { return b::Deterministic(engine); }},
          {"overload", [&] { return b::Overload(engine); }},
          {"samplers", [&] { return b::ManySmallSamplers(engine); }},
          {"mixed", [&] { return b::MixedLoad(engine); }},
          {"together", [&] { return b::TogetherAndOneByOne(engine); }},
          {"streams", with_rig(b::ScoreLatencyUnderStreams)},
          {"long-sampler", with_rig(b::OneLongSampler)},
          {"advance", b::AdvanceFigures},
          {"start", b::StartTime},
          {"training", b::TrainingStep},
          {"fine_tuning_share", b::FineTuningShare},
          {"fine_tuning_swaps", b::FineTuningSwaps},
          {"fine_tuning_law", b::FineTuningToNewLaw},
      },
      only, json);
}
