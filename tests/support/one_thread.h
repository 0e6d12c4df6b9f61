// To be included by test files that run LibTorch: small operations gain nothing
// from a second thread, and two that spin while other tests run lose much.

#ifndef SCORESERVE_TESTS_SUPPORT_ONE_THREAD_H_
#define SCORESERVE_TESTS_SUPPORT_ONE_THREAD_H_

#include "ATen/Parallel.h"

namespace scoreserve {

inline const bool kOneThread = (at::set_num_threads(1), true);

}  // namespace scoreserve

#endif  // SCORESERVE_TESTS_SUPPORT_ONE_THREAD_H_
