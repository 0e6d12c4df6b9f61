#ifndef SCORESERVE_TESTS_BENCH_SCORE_CASES_H_
#define SCORESERVE_TESTS_BENCH_SCORE_CASES_H_

#include <vector>

#include "tests/bench/report.h"
#include "tests/bench/rig.h"

namespace scoreserve::bench {

// Queries a second against L = 1 / (1 / echo + 1 / in process): what is left
// when the wire and the math are taken one after the other.
std::vector<Figure> ScoreThroughput(Rig& rig);

// One blocking client, one row: the median latency against the echo's.
std::vector<Figure> ScoreLatency(Rig& rig);

// The tail of one blocking client's latency while samplers fill the device.
std::vector<Figure> ScoreLatencyUnderSampling(Rig& rig);

// How long work that does not fit takes to be refused.
std::vector<Figure> RefusalLatency(Rig& rig);

}  // namespace scoreserve::bench

#endif  // SCORESERVE_TESTS_BENCH_SCORE_CASES_H_
