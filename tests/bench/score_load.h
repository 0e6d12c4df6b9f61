// Queries in a closed loop, over the wire.

#ifndef SCORESERVE_TESTS_BENCH_SCORE_LOAD_H_
#define SCORESERVE_TESTS_BENCH_SCORE_LOAD_H_

#include <cstdint>
#include <vector>

#include "tests/bench/machine.h"
#include "tests/bench/rig.h"

namespace scoreserve::bench {

struct ScoreReply {
  SteadyClock::time_point sent;
  double seconds = 0.0;  // Until it was answered.
  int64_t version = 0;   // That answered.
};

// What some clients were answered.
struct ScoreLoad {
  int64_t rows = 0;                 // A query.
  double seconds = 0.0;             // From the first query to the last answer.
  std::vector<ScoreReply> replies;  // Of the calls that ended well.
  int64_t failed = 0;
  grpc::Status failure;  // One of those.

  double rows_a_second() const {
    return static_cast<double>(rows * static_cast<int64_t>(replies.size())) /
           seconds;
  }
  // Below which that share of the replies was there.
  double Latency(double share) const;
};

// For about `seconds`, `clients` clients on one channel that ask for the scores
// of `rows` rows, each again as soon as it is answered.
ScoreLoad RunScoreLoad(v1::Scoring::Stub* stub, int clients, int64_t rows,
                       double seconds);

}  // namespace scoreserve::bench

#endif  // SCORESERVE_TESTS_BENCH_SCORE_LOAD_H_
