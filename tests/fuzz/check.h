#ifndef SCORESERVE_TESTS_FUZZ_CHECK_H_
#define SCORESERVE_TESTS_FUZZ_CHECK_H_

#include <cstdlib>
#include <iostream>

namespace scoreserve {

// What must hold for every input; a fuzzer's crash is its report.
inline void Check(bool holds, const char* what) {
  if (holds) return;
  std::cerr << "does not hold: " << what << std::endl;
  std::abort();
}

}  // namespace scoreserve

#endif  // SCORESERVE_TESTS_FUZZ_CHECK_H_
