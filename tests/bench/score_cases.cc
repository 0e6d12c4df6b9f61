#include "tests/bench/score_cases.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/bench/machine.h"
#include "tests/bench/score_load.h"

namespace scoreserve::bench {
namespace {

constexpr int kWindows = 9;
constexpr double kWindowSeconds = 0.4;

// Rows a second of `clients` clients on one channel.
double LoadedRate(v1::Scoring::Stub* stub, int clients, int64_t rows) {
  const ScoreLoad load = RunScoreLoad(stub, clients, rows, kWindowSeconds);
  DieUnlessOk(load.failure);
  return load.rows_a_second();
}

Figure Throughput(Rig& rig, int clients, int64_t rows, double bar) {
  const auto echo = v1::Scoring::NewStub(Connect(rig.echo->port()));
  const auto served = v1::Scoring::NewStub(Connect(rig.server->port()));
  rig.echo->SetRows(rows);
  std::vector<double> rates, ratios;
  for (int window = -1; window < kWindows; ++window) {
    const double echo_rate = LoadedRate(echo.get(), clients, rows);
    const double in_process =
        InProcessRate(*rig.model, clients * rows, kWindowSeconds);
    const double rate = LoadedRate(served.get(), clients, rows);
    if (window < 0) continue;  // Warm-up.
    const double limit = 1.0 / (1.0 / echo_rate + 1.0 / in_process);
    rates.push_back(rate);
    ratios.push_back(rate / limit);
  }
  return {.name = absl::StrCat("score ", clients, " clients x ", rows, " rows"),
          .value = Median(rates),
          .unit = "rows/s",
          .reference = "L = 1/(1/echo + 1/in process)",
          .ratio = Median(ratios),
          .at_least = bar,
          .at_most = {}};
}

// Latencies in seconds of blocking calls of one row, for about `seconds`.
std::vector<double> Latencies(v1::Scoring::Stub* stub, double seconds) {
  const v1::ScoreRequest request = Query(1);
  std::vector<double> latencies;
  const auto start = SteadyClock::now();
  while (SecondsSince(start) < seconds) {
    grpc::ClientContext context;
    v1::ScoreResponse response;
    const auto sent = SteadyClock::now();
    DieUnlessOk(stub->Score(&context, request, &response));
    latencies.push_back(SecondsSince(sent));
  }
  return latencies;
}

v1::SampleRequest Langevin(int64_t rows, int64_t steps) {
  v1::SampleRequest request;
  request.mutable_model()->set_name("bench");
  request.set_sampler("langevin");
  request.set_rows(rows);
  request.set_seed(1);
  (*request.mutable_options())["step_size"].set_number(1e-3);
  (*request.mutable_options())["num_steps"].set_integer(steps);
  return request;
}

// A sampler that runs until this object goes.
class SamplingLoad {
 public:
  SamplingLoad(Rig& rig, int64_t rows, int64_t steps)
      : stub_(v1::Sampling::NewStub(Connect(rig.server->port()))) {
    reader_ = stub_->Sample(&context_, Langevin(rows, steps));
    v1::SampleResponse frame;
    // The first progress: its rows are in the lane.
    while (reader_->Read(&frame) && !frame.has_progress()) {
    }
    drain_ = std::thread([this] {
      v1::SampleResponse ignored;
      while (reader_->Read(&ignored)) {
      }
      reader_->Finish();
    });
  }

  ~SamplingLoad() {
    context_.TryCancel();
    drain_.join();
  }

 private:
  const std::unique_ptr<v1::Sampling::Stub> stub_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReader<v1::SampleResponse>> reader_;
  std::thread drain_;
};

}  // namespace

std::vector<Figure> ScoreThroughput(Rig& rig) {
  return {Throughput(rig, 8, 64, 0.9), Throughput(rig, 32, 1, 0.8)};
}

std::vector<Figure> ScoreLatency(Rig& rig) {
  const auto echo = v1::Scoring::NewStub(Connect(rig.echo->port()));
  const auto served = v1::Scoring::NewStub(Connect(rig.server->port()));
  rig.echo->SetRows(1);
  std::vector<double> medians, ratios;
  for (int window = -1; window < kWindows; ++window) {
    const double of_echo = Median(Latencies(echo.get(), kWindowSeconds));
    InProcessRate(*rig.model, 1, kWindowSeconds);
    const double of_server = Median(Latencies(served.get(), kWindowSeconds));
    if (window < 0) continue;
    medians.push_back(of_server * 1e6);
    ratios.push_back(of_server / of_echo);
  }
  return {{.name = "score 1 client x 1 row, p50",
           .value = Median(medians),
           .unit = "us",
           .reference = "the echo's p50",
           .ratio = Median(ratios),
           .at_least = {},
           .at_most = 1.5}};
}

std::vector<Figure> ScoreLatencyUnderSampling(Rig& rig) {
  constexpr int kPairs = 5;
  const auto served = v1::Scoring::NewStub(Connect(rig.server->port()));
  Latencies(served.get(), 0.5);  // Warm-up.
  EngineMetrics& metrics = rig.server->engine().metrics();
  std::vector<double> idle, loaded;
  double longest_pass = 0.0;
  for (int pair = 0; pair < kPairs; ++pair) {
    idle.push_back(Quantile(Latencies(served.get(), 1.0), 0.99));
    const SamplingLoad load(rig, 768, 100'000);
    metrics.longest_pass_seconds = 0.0;
    loaded.push_back(Quantile(Latencies(served.get(), 1.0), 0.99));
    longest_pass = std::max(longest_pass, metrics.longest_pass_seconds.load());
  }
  const double allowed = Median(idle) + 3.0 * longest_pass;
  return {{.name = "score p99 while samplers fill the device",
           .value = Median(loaded) * 1e6,
           .unit = "us",
           .reference =
               absl::StrCat("idle p99 ", static_cast<int>(Median(idle) * 1e6),
                            " us + 3 x longest pass ",
                            static_cast<int>(longest_pass * 1e6), " us"),
           .ratio = Median(loaded) / allowed,
           .at_least = {},
           .at_most = 1.0}};
}

std::vector<Figure> RefusalLatency(Rig& rig) {
  const int64_t cap =
      WorkLedger::Options().cap[static_cast<size_t>(WorkClass::kSampling)];
  // What an earlier case cancelled gives its room back at its next step.
  while (rig.server->engine().ledger().outstanding(WorkClass::kSampling) > 0) {
    std::this_thread::yield();
  }
  const SamplingLoad load(rig, 1, cap);  // Takes the whole cap.
  const auto stub = v1::Sampling::NewStub(Connect(rig.server->port()));
  std::vector<double> latencies;
  for (int i = 0; i < 500; ++i) {
    grpc::ClientContext context;
    v1::SampleResponse frame;
    const auto sent = SteadyClock::now();
    const auto reader = stub->Sample(&context, Langevin(1, 1000));
    reader->Read(&frame);
    if (reader->Finish().error_code() != grpc::StatusCode::RESOURCE_EXHAUSTED) {
      DieUnlessOk(grpc::Status(grpc::StatusCode::INTERNAL, "was not refused"));
    }
    latencies.push_back(SecondsSince(sent));
  }
  return {{.name = "refusal of work over the cap, p99",
           .value = Quantile(latencies, 0.99) * 1e3,
           .unit = "ms",
           .reference = "while a sampler runs",
           .ratio = {},
           .at_least = {},
           .at_most = 10.0}};
}

}  // namespace scoreserve::bench
