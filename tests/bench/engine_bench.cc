// Part of ./run gpu-check: what the engine costs, without a server.

#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "models/networks/placement.h"
#include "server/engine/engine.h"
#include "tests/bench/advance_figures.h"
#include "tests/bench/device_cases.h"
#include "tests/bench/groups.h"
#include "tests/bench/in_process.h"
#include "tests/bench/load_cases.h"
#include "tests/bench/overload_case.h"

namespace scoreserve::bench {
namespace {

std::vector<Figure> Forward(at::Device device) {
  const auto model = BenchModel(/*max_batch_rows=*/1024, device);
  std::vector<Figure> figures;
  for (const int64_t rows : {1, 8, 64, 512, 4096}) {
    figures.push_back({.name = absl::StrCat("network over ", rows, " rows"),
                       .value = InProcessRate(*model, rows, 0.5),
                       .unit = "rows/s",
                       .reference = "",
                       .ratio = {},
                       .at_least = {},
                       .at_most = {}});
  }
  return figures;
}

int Main(int argc, char** argv) {
  std::string json, only;
  std::string name = FindDevice("--device", "cuda:0").ok() ? "cuda:0" : "cpu";
  for (int i = 1; i < argc; i += 2) {
    const bool has_value = i + 1 < argc;
    if (has_value && std::strcmp(argv[i], "--json") == 0) {
      json = argv[i + 1];
    } else if (has_value && std::strcmp(argv[i], "--only") == 0) {
      only = argv[i + 1];
    } else if (has_value && std::strcmp(argv[i], "--device") == 0) {
      name = argv[i + 1];
    } else {
      std::fprintf(
          stderr,
          "engine_bench [--json FILE] [--only GROUP] [--device cpu|cuda:0]\n");
      return 2;
    }
  }
  const absl::StatusOr<at::Device> device = FindDevice("--device", name);
  if (!device.ok()) {
    std::fprintf(stderr, "%s\n",
                 std::string(device.status().message()).c_str());
    return 2;
  }
  std::printf("device: %s\n", name.c_str());
  Engine::Options options;
  options.devices = {*device};
  Engine engine(options);
  return MeasureGroups(
      {
          {"forward", [&] { return Forward(*device); }},
          {"device", [&] { return DeviceLimits(engine, *device); }},
          {"deterministic", [&] { return Deterministic(engine, *device); }},
          {"overload", [&] { return Overload(engine, *device); }},
          {"samplers", [&] { return ManySmallSamplers(engine, *device); }},
          {"mixed", [&] { return MixedLoad(engine, *device); }},
          {"together", [&] { return TogetherAndOneByOne(engine, *device); }},
          {"advance", AdvanceFigures},
      },
      only, json);
}

}  // namespace
}  // namespace scoreserve::bench

int main(int argc, char** argv) { return scoreserve::bench::Main(argc, argv); }
