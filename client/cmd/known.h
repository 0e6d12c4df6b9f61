#ifndef SCORESERVE_CLIENT_CMD_KNOWN_H_
#define SCORESERVE_CLIENT_CMD_KNOWN_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/cmd/condition.h"
#include "models/io/rows.h"
#include "scoreserve/sampling.h"

namespace scoreserve::ctl {

// What the caller of `sample` knows of the rows to be drawn.
struct KnownOptions {
  ConditionOptions condition = {};
  std::string inpaint = {};  // A file of rows; empty: none.
  std::string known = {};    // Its known columns: "0:32,40".
  double deviation = 0.0;
  std::optional<double> lower = {}, upper = {};
  bool reflect = false;
};

// Adds --condition, --guidance, --inpaint, --known, --deviation, --lower,
// --upper and --reflect; `options` outlives `command`.
void AddKnownOptions(CLI::App& command, KnownOptions& options);

// The columns of "0:32,40", one flag each: ranges from:to (to excluded) and
// single columns. A usage error where one is not below `dim`, or not a number.
absl::StatusOr<std::vector<bool>> ParseColumns(const std::string& text,
                                               int64_t dim);

// What a query's spans point at while it runs.
class KnownRows {
 public:
  // Reads what `options` name, for `rows` rows of `dim` numbers. A usage error
  // names the option.
  static absl::StatusOr<KnownRows> Read(const KnownOptions& options,
                                        int64_t rows, int64_t dim);

  // Sets the query's condition, mask and domain; they lie in this object.
  void Fill(SampleQuery& query) const;

 private:
  std::vector<int64_t> classes_;
  std::vector<double> guidance_;
  Rows value_;
  std::vector<float> deviation_;
  std::optional<DomainQuery> domain_;
};

}  // namespace scoreserve::ctl

#endif  // SCORESERVE_CLIENT_CMD_KNOWN_H_
