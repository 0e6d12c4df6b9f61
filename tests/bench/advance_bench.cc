// Prints what Advance() costs, in nanoseconds an element.

#include <cstdio>

#include "tests/bench/advance_cases.h"

int main() {
  std::printf("%-36s %8s %8s\n", "ns/element", "median", "best");
  for (const scoreserve::AdvanceCase& result : scoreserve::AdvanceCases()) {
    std::printf("%-36s %8.2f %8.2f\n", result.name.c_str(), result.median_ns,
                result.best_ns);
  }
  return 0;
}
