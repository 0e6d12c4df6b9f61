#include "tests/bench/load_cases.h"

#include <cstdint>
#include <vector>

#include "tests/bench/closed_loop.h"
#include "tests/bench/in_process.h"

namespace scoreserve::bench {
namespace {

constexpr int kWindows = 7;
constexpr int kRequests = 64;

}  // namespace

std::vector<Figure> ManySmallSamplers(Engine& engine) {
  const auto model = BenchModel(/*max_batch_rows=*/1024);
  const auto plan = LangevinPlan(100);
  std::vector<Ask> asks;
  for (uint64_t i = 0; i < kRequests; ++i) {
    asks.push_back({.model = model, .plan = plan, .rows = 4, .seed = i});
  }
  std::vector<double> costs, ratios, fractions;
  for (int window = 0; window < kWindows; ++window) {
    const double loop =
        LoopSecondsPerRowStep(*model, LangevinRows(4 * kRequests), 300);
    ClosedLoop load(&engine, asks, kRequests, ClosedLoop::Repeat::kForever);
    StartOnePerPass(engine, load, kRequests);
    const BusyWindow busy = MeasureBusy(engine, 0.5);
    load.Stop();
    load.Wait();
    costs.push_back(busy.seconds_per_row_step * 1e9);
    ratios.push_back(busy.seconds_per_row_step / loop);
    fractions.push_back(busy.busy_fraction);
  }
  return {{.name = "sample 64 x (4 rows x 100 steps)",
           .value = Median(costs),
           .unit = "ns/rowstep",
           .reference = "the loop in process over 256 rows",
           .ratio = Median(ratios),
           .at_least = {},
           .at_most = 1.2},
          {.name = "  device busy",
           .value = Median(fractions),
           .unit = "of time",
           .reference = "",
           .ratio = {},
           .at_least = 0.95,
           .at_most = {}}};
}

}  // namespace scoreserve::bench
