#ifndef SCORESERVE_TESTS_BENCH_STREAMS_CASE_H_
#define SCORESERVE_TESTS_BENCH_STREAMS_CASE_H_

#include <vector>

#include "tests/bench/report.h"
#include "tests/bench/rig.h"

namespace scoreserve::bench {

// The tail of Score() of one client that has 300 sampling streams of one row
// open, against its tail while the same 300 rows are one stream.
std::vector<Figure> ScoreLatencyUnderStreams(Rig& rig);

}  // namespace scoreserve::bench

#endif  // SCORESERVE_TESTS_BENCH_STREAMS_CASE_H_
