// What the subcommands of scoretrain share: ranges and shapes as people write
// them, and exit codes.

#ifndef SCORESERVE_MODELS_CMD_ARGUMENTS_H_
#define SCORESERVE_MODELS_CMD_ARGUMENTS_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "CLI/App.hpp"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "models/training/data_set.h"

namespace scoreserve {

inline constexpr int kExitFailed = 1;
inline constexpr int kExitUsage = 2;
inline constexpr int kExitInterrupted = 130;

// Prints an error as one line on stderr; returns the exit code that it has:
// kExitUsage for what the caller can mend in the arguments or the data,
// kExitInterrupted for CANCELLED, else kExitFailed.
int Report(const absl::Status& status);

// "8,8" → {8, 8}; "" → {}. INVALID_ARGUMENT naming `field`.
absl::StatusOr<std::vector<int64_t>> ParseIntegers(absl::string_view field,
                                                   const std::string& text);

// "0.01,50" → {0.01, 50}, ascending. INVALID_ARGUMENT naming `field`.
absl::StatusOr<std::pair<double, double>> ParseInterval(
    absl::string_view field, const std::string& text);

// The options that say what data is, as text until it is known what they fit.
struct DataArguments {
  std::string data, columns, shape, offset, scale, range;
  int64_t hold_out_every = 10, class_column = -1;

  void AddTo(CLI::App& app);
  absl::StatusOr<DataOptions> Parse() const;
};

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_CMD_ARGUMENTS_H_
