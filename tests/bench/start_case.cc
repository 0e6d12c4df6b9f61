#include "tests/bench/start_case.h"

#include <cstdlib>
#include <vector>

#include "tests/bench/machine.h"
#include "tests/support/server_process.h"

namespace scoreserve::bench {
namespace {

double OneStart() {
  const auto start = SteadyClock::now();
  ServerProcess server(
      {SCORESERVE_BINARY, "--repository", SCORESERVE_ZOO, "--port", "0"});
  const bool ready = !server.ReadLine().empty();
  const double seconds = SecondsSince(start);
  if (!ready || server.Stop() != 0) std::abort();
  return seconds;
}

}  // namespace

std::vector<Figure> StartTime() {
  OneStart();  // Warms the page cache.
  std::vector<double> seconds;
  for (int i = 0; i < 5; ++i) seconds.push_back(OneStart());
  return {{.name = "start with the zoo until ready",
           .value = Median(seconds),
           .unit = "s",
           .reference = "",
           .ratio = {},
           .at_least = {},
           .at_most = 2.0}};
}

}  // namespace scoreserve::bench
