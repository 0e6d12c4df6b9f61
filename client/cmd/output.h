#ifndef SCORESERVE_CLIENT_CMD_OUTPUT_H_
#define SCORESERVE_CLIENT_CMD_OUTPUT_H_

#include <optional>
#include <string>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"
#include "models/io/rows.h"
#include "scoreserve/models.h"

namespace scoreserve::ctl {

// Where results go beside standard output.
struct OutputOptions {
  std::string output;  // Empty or "-": standard output.
  std::string plot;    // Empty: none.

  bool to_file() const { return !output.empty() && output != "-"; }
};

// Adds --output and --plot; `options` outlives `command`.
void AddOutputOptions(CLI::App& command, OutputOptions& options);

// A usage error where a suffix is unknown, or asks for a picture of a model
// that has none: to be called before any work.
absl::Status CheckOutput(const OutputOptions& options, const ModelInfo& model);

// What can be drawn: a row of two numbers as a point, else a row that is an
// image of gray or of red, green and blue.
bool IsPlane(const ModelInfo& model);
bool IsImage(const ModelInfo& model);

// The usage error of an option that draws `wanted` alone.
absl::Status CannotDraw(const std::string& option, const std::string& wanted,
                        const ModelInfo& model);

// The values that are drawn black and white.
struct GrayRange {
  double min = 0.0, max = 1.0;
};

// Where the model's data lies; of all values where its config does not say.
GrayRange DataRange(const ModelInfo& model, const Rows& rows);
// As far below 0 as above.
GrayRange SymmetricRange(const Rows& rows);

// Writes `rows` to options.output by its suffix: .csv, .npy, or a contact sheet
// in .png. Requires CheckOutput() and to_file().
absl::Status WriteOutput(const OutputOptions& options, const ModelInfo& model,
                         const Rows& rows, const GrayRange& range);

// Writes the picture of `x` that --plot asked for: a scatter with an arrow of
// `scores` at each point, where there are some; for images a contact sheet.
// Does nothing without --plot.
absl::Status WritePlot(const OutputOptions& options, const ModelInfo& model,
                       const Rows& x, const std::optional<Rows>& scores);

}  // namespace scoreserve::ctl

#endif  // SCORESERVE_CLIENT_CMD_OUTPUT_H_
