#include "tests/bench/load_cases.h"

#include <cmath>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/bench/closed_loop.h"
#include "tests/bench/in_process.h"
#include "tests/bench/machine.h"
#include "tests/bench/mix.h"

namespace scoreserve::bench {
namespace {

constexpr int kWindows = 7;
constexpr int kRequests = 64;

// Room for 64 requests of 64 rows beside the reserve.
constexpr int64_t kWideBatch = 6144;

// Seconds until all of `asks` are answered, `width` of them at a time.
double SecondsOf(Engine& engine, const std::vector<Ask>& asks, int width) {
  ClosedLoop load(&engine, asks, width, ClosedLoop::Repeat::kOnce);
  const auto start = SteadyClock::now();
  for (int i = 0; i < width; ++i) load.StartOne();
  load.Wait();
  return SecondsSince(start);
}

// `asks`, all at a time, with and without.
Figure CostOfDeterminism(Engine& engine, std::vector<Ask> asks,
                         const std::string& name) {
  constexpr int kPairs = 5;
  const int width = static_cast<int>(asks.size());
  const int64_t row_steps = width * asks.front().row_steps();
  std::vector<double> costs, ratios;
  for (int pair = 0; pair < kPairs; ++pair) {
    const double free = SecondsOf(engine, asks, width);
    for (Ask& ask : asks) ask.deterministic = true;
    const double bound = SecondsOf(engine, asks, width);
    for (Ask& ask : asks) ask.deterministic = false;
    costs.push_back(bound / static_cast<double>(row_steps) * 1e9);
    ratios.push_back(bound / free);
  }
  return {.name = name,
          .value = Median(costs),
          .unit = "ns/rowstep",
          .reference = "the same, not deterministic",
          .ratio = Median(ratios),
          .at_least = {},
          .at_most = {}};
}

Figure Together(Engine& engine, at::Device device, int count, int64_t most_rows,
                double bar) {
  constexpr int kPairs = 3;
  const std::vector<Ask> asks =
      MixedAsks(DigitsModel(kWideBatch, device), count, 1, most_rows);
  int64_t row_steps = 0;
  for (const Ask& ask : asks) row_steps += ask.row_steps();
  std::vector<double> rates, ratios;
  for (int pair = 0; pair < kPairs; ++pair) {
    const double together = SecondsOf(engine, asks, kRequests);
    const double one_by_one = SecondsOf(engine, asks, 1);
    rates.push_back(static_cast<double>(row_steps) / together);
    ratios.push_back(one_by_one / together);
  }
  return {.name = absl::StrCat(count, " mixed requests of 1 to ", most_rows,
                               " rows"),
          .value = Median(rates),
          .unit = "rowsteps/s",
          .reference = "the same, one after another",
          .ratio = Median(ratios),
          .at_least = bar,
          .at_most = {}};
}

}  // namespace

std::vector<Figure> ManySmallSamplers(Engine& engine, at::Device device) {
  const auto model = BenchModel(/*max_batch_rows=*/1024, device);
  const std::vector<Ask> asks = LangevinAsks(model, kRequests, 4, 100);
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

std::vector<Figure> MixedLoad(Engine& engine, at::Device device) {
  const auto model = DigitsModel(kWideBatch, device);
  const std::vector<Ask> asks = MixedAsks(model, 8 * kRequests, 1, 64);
  std::vector<double> costs, ratios, fractions, live;
  for (int window = 0; window < kWindows; ++window) {
    ClosedLoop load(&engine, asks, kRequests, ClosedLoop::Repeat::kForever);
    StartOnePerPass(engine, load, kRequests);
    const BusyWindow busy = MeasureBusy(engine, 1.5);
    load.Stop();
    load.Wait();
    const double loop = LoopSecondsPerRowStep(
        *model, RowsOf(asks, std::lround(busy.live_rows)), 100);
    costs.push_back(busy.seconds_per_row_step * 1e9);
    ratios.push_back(busy.seconds_per_row_step / loop);
    fractions.push_back(busy.busy_fraction);
    live.push_back(busy.live_rows);
  }
  return {{.name = "sample 64 mixed requests at once",
           .value = Median(costs),
           .unit = "ns/rowstep",
           .reference = "the loop in process over as many rows",
           .ratio = Median(ratios),
           .at_least = {},
           .at_most = 1.25},
          {.name = "  device busy",
           .value = Median(fractions),
           .unit = "of time",
           .reference = absl::StrCat("samplers: ", MixedSamplers(*model)),
           .ratio = {},
           .at_least = 0.95,
           .at_most = {}},
          {.name = "  rows alive",
           .value = Median(live),
           .unit = "rows",
           .reference = "",
           .ratio = {},
           .at_least = {},
           .at_most = {}}};
}

std::vector<Figure> TogetherAndOneByOne(Engine& engine, at::Device device) {
  return {Together(engine, device, 256, 2, 3.0),
          Together(engine, device, 96, 64, 1.0)};
}

std::vector<Figure> Deterministic(Engine& engine, at::Device device) {
  const auto model = BenchModel(/*max_batch_rows=*/1024, device);
  return {CostOfDeterminism(engine, LangevinAsks(model, kRequests, 4, 1000),
                            "deterministic 64 x (4 rows x 1000 steps)"),
          CostOfDeterminism(engine, LangevinAsks(model, 1, 1, 5000),
                            "deterministic 1 x (1 row x 5000 steps)")};
}

}  // namespace scoreserve::bench
