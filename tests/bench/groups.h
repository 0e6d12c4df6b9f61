#ifndef SCORESERVE_TESTS_BENCH_GROUPS_H_
#define SCORESERVE_TESTS_BENCH_GROUPS_H_

#include <functional>
#include <string>
#include <vector>

#include "tests/bench/report.h"

namespace scoreserve::bench {

// Figures that are measured together.
struct Group {
  std::string name;
  std::function<std::vector<Figure>()> measure;
};

// Measures the groups whose name contains `only`, each with what other
// processes took meanwhile, prints the table and writes it to `json` unless
// that is empty. The program's exit status.
int MeasureGroups(const std::vector<Group>& groups, const std::string& only,
                  const std::string& json);

}  // namespace scoreserve::bench

#endif  // SCORESERVE_TESTS_BENCH_GROUPS_H_
