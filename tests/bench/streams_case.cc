#include "tests/bench/streams_case.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/blocking_counter.h"
#include "absl/types/span.h"
#include "scoreserve/client.h"
#include "tests/bench/machine.h"

namespace scoreserve::bench {
namespace {

constexpr int kRows = 300;
constexpr double kPatience = 10.0;  // Seconds until all streams must be live.

void DieUnlessOk(const absl::Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "bench: %s\n", status.ToString().c_str());
  std::_Exit(1);  // Other threads are in the middle of calls.
}

// `streams` sampling calls of kRows rows together, until this object goes.
class Streams {
 public:
  Streams(client::Client* client, const EngineMetrics* metrics, int streams)
      : metrics_(metrics), ended_(streams) {
    for (int i = 0; i < streams; ++i) {
      client->SampleAsync(
          {.model = {.name = "bench"},
           .sampler = "langevin",
           .options = {{"step_size", 1e-3}, {"num_steps", int64_t{200'000}}},
           .rows = kRows / streams,
           .seed = static_cast<uint64_t>(i)},
          {}, [this](const auto&) { ended_.DecrementCount(); },
          {.timeout = {}, .cancellation = cancellation_});
    }
    const auto start = SteadyClock::now();
    while (live() < streams && SecondsSince(start) < kPatience) {
      std::this_thread::yield();
    }
  }

  ~Streams() {
    cancellation_.Cancel();
    ended_.Wait();
    while (live() > 0) std::this_thread::yield();
  }

  // Those whose rows move; a large request counts once for each of its blocks.
  int64_t live() const { return metrics_->live_trajectories; }

 private:
  const EngineMetrics* const metrics_;
  const client::Cancellation cancellation_;
  absl::BlockingCounter ended_;
};

// Seconds: the 99th percentile of blocking calls of one row for two seconds.
double Tail(client::Client* client) {
  const std::vector<float> x(kDim, 0.5f);
  std::vector<float> score(kDim);
  std::vector<double> latencies;
  const auto start = SteadyClock::now();
  while (SecondsSince(start) < 2.0) {
    const auto sent = SteadyClock::now();
    DieUnlessOk(client
                    ->Score({.model = {.name = "bench"}, .x = x, .rows = 1},
                            absl::MakeSpan(score))
                    .status());
    latencies.push_back(SecondsSince(sent));
  }
  return Quantile(latencies, 0.99);
}

}  // namespace

std::vector<Figure> ScoreLatencyUnderStreams(Rig& rig) {
  constexpr int kPairs = 5;
  const auto client = client::Client::New(
      {.target = absl::StrCat("127.0.0.1:", rig.server->port())});
  DieUnlessOk(client.status());
  const EngineMetrics& metrics = rig.server->engine().metrics();
  std::vector<double> tails, ratios;
  int64_t live = kRows;
  for (int pair = 0; pair < kPairs; ++pair) {
    double together = 0.0, apart = 0.0;
    {
      const Streams one(client->get(), &metrics, 1);
      together = Tail(client->get());
    }
    {
      const Streams many(client->get(), &metrics, kRows);
      live = std::min(live, many.live());
      apart = Tail(client->get());
    }
    tails.push_back(apart * 1e6);
    ratios.push_back(apart / together);
  }
  return {{.name = "score p99 beside 300 streams of 1 row",
           .value = Median(tails),
           .unit = "us",
           .reference = "beside one stream of 300 rows",
           .ratio = Median(ratios),
           .at_least = {},
           .at_most = 1.2},
          {.name = "  streams alive",
           .value = static_cast<double>(live),
           .unit = "streams",
           .reference = "of one client",
           .ratio = {},
           .at_least = kRows,
           .at_most = {}}};
}

}  // namespace scoreserve::bench
