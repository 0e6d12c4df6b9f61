#include "tests/bench/sampling_cases.h"

#include <cstdint>
#include <cstdlib>
#include <vector>

#include "tests/bench/in_process.h"
#include "tests/bench/machine.h"

namespace scoreserve::bench {
namespace {

constexpr double kStepSize = 1e-3;
constexpr int kWindows = 7;

// Seconds from the call to the last frame.
double SampleOverTheWire(v1::Sampling::Stub* stub, int64_t steps) {
  v1::SampleRequest request;
  request.mutable_model()->set_name("bench");
  request.set_sampler("langevin");
  request.set_rows(1);
  request.set_seed(1);
  (*request.mutable_options())["step_size"].set_number(kStepSize);
  (*request.mutable_options())["num_steps"].set_integer(steps);
  grpc::ClientContext context;
  const auto start = SteadyClock::now();
  const auto reader = stub->Sample(&context, request);
  v1::SampleResponse frame;
  while (reader->Read(&frame)) {
  }
  if (!reader->Finish().ok()) std::abort();
  return SecondsSince(start);
}

// A client without a sampling service: a query a step.
double StepOverScore(v1::Scoring::Stub* stub, int64_t steps) {
  const v1::ScoreRequest request = Query(1);
  const auto start = SteadyClock::now();
  for (int64_t i = 0; i < steps; ++i) {
    grpc::ClientContext context;
    v1::ScoreResponse response;
    if (!stub->Score(&context, request, &response).ok()) std::abort();
  }
  return SecondsSince(start);
}

}  // namespace

std::vector<Figure> OneLongSampler(Rig& rig) {
  constexpr int64_t kSteps = 1000;
  const auto sampling = v1::Sampling::NewStub(Connect(rig.server->port()));
  const auto scoring = v1::Scoring::NewStub(Connect(rig.server->port()));
  std::vector<double> times, to_loop, to_stepping;
  for (int window = -1; window < kWindows; ++window) {
    const double loop =
        LoopSecondsPerRowStep(*rig.model, LangevinRows(1), kSteps) * kSteps;
    const double served = SampleOverTheWire(sampling.get(), kSteps);
    const double stepping = StepOverScore(scoring.get(), kSteps);
    if (window < 0) continue;
    times.push_back(served * 1e3);
    to_loop.push_back(served / loop);
    to_stepping.push_back(served / stepping);
  }
  return {{.name = "sample 1 row x 1000 steps",
           .value = Median(times),
           .unit = "ms",
           .reference = "the loop in process",
           .ratio = Median(to_loop),
           .at_least = {},
           .at_most = 1.4},
          {.name = "  the same",
           .value = Median(times),
           .unit = "ms",
           .reference = "a client stepping over Score",
           .ratio = Median(to_stepping),
           .at_least = {},
           .at_most = {}}};
}

}  // namespace scoreserve::bench
