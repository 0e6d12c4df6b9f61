#ifndef SCORESERVE_TESTS_BENCH_TRAINING_CASE_H_
#define SCORESERVE_TESTS_BENCH_TRAINING_CASE_H_

#include <vector>

#include "tests/bench/report.h"

namespace scoreserve::bench {

// A training step of SSM-VR beside the same step in eager PyTorch
// (eager_step.py), with as many threads; they take turns. Without a Python that
// has PyTorch the figure stands alone.
std::vector<Figure> TrainingStep();

}  // namespace scoreserve::bench

#endif  // SCORESERVE_TESTS_BENCH_TRAINING_CASE_H_
