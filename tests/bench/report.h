#ifndef SCORESERVE_TESTS_BENCH_REPORT_H_
#define SCORESERVE_TESTS_BENCH_REPORT_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"

namespace scoreserve::bench {

// One measured figure, and what it is held against.
struct Figure {
  std::string name;  // "score 8 x 64"
  double value = 0.0;
  std::string unit;       // "rows/s"
  std::string reference;  // What the ratio is to: "L of echo and in process".
  std::optional<double> ratio;
  // The bar: the ratio, or the value where there is no ratio, is at least or at
  // most this.
  std::optional<double> at_least, at_most;
};

// Whether the bar holds; true where there is none.
bool Holds(const Figure& figure);

// The figures as a table on standard output.
void PrintTable(const std::vector<Figure>& figures);

// The same as a list of {case, value, unit, reference, ratio, bar, holds}.
absl::Status WriteJson(const std::string& path,
                       const std::vector<Figure>& figures);

// The value in the middle; `values` is not empty.
double Median(std::vector<double> values);
// The value below which a share `p` of them lies.
double Quantile(std::vector<double> values, double p);

}  // namespace scoreserve::bench

#endif  // SCORESERVE_TESTS_BENCH_REPORT_H_
