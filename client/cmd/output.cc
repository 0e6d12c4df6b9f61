#include "client/cmd/output.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/cmd/describe.h"
#include "client/cmd/outcome.h"
#include "models/plots/chart.h"
#include "models/plots/contact_sheet.h"

namespace scoreserve::ctl {
namespace {

absl::Status WriteSheet(const std::string& path, const ModelInfo& model,
                        const Rows& images, const GrayRange& range) {
  const double root = std::sqrt(static_cast<double>(images.rows()));
  ContactSheet sheet;
  sheet.image_shape = model.data.shape;
  sheet.min = range.min;
  sheet.max = range.max;
  sheet.columns = std::max<int64_t>(1, static_cast<int64_t>(std::ceil(root)));
  sheet.groups.push_back({.caption = "", .images = images});
  return FileError(WritePng(sheet, path));
}

Point PointOf(const Rows& rows, int64_t row) {
  return {.x = rows.row(row)[0], .y = rows.row(row)[1]};
}

absl::Status WriteScatter(const std::string& path, const ModelInfo& model,
                          const Rows& x, const std::optional<Rows>& scores) {
  ScatterLayer points;
  for (int64_t i = 0; i < x.rows(); ++i) points.points.push_back(PointOf(x, i));
  ArrowLayer arrows;
  for (int64_t i = 0; scores.has_value() && i < x.rows(); ++i) {
    arrows.arrows.push_back({.from = PointOf(x, i), .by = PointOf(*scores, i)});
  }
  Chart chart = {.title = VersionText(model),
                 .x = {.label = "x₀"},
                 .y = {.label = "x₁"},
                 .layers = {std::move(points)},
                 .equal_aspect = true,
                 .width = 400.0,
                 .height = 400.0};
  if (scores.has_value()) chart.layers.push_back(std::move(arrows));
  return FileError(WritePng(chart, path));
}

}  // namespace

bool IsPlane(const ModelInfo& model) { return model.dim() == 2; }

bool IsImage(const ModelInfo& model) {
  const std::vector<int64_t>& shape = model.data.shape;
  return shape.size() == 2 || (shape.size() == 3 && shape[2] == 3);
}

absl::Status CannotDraw(const std::string& option, const std::string& wanted,
                        const ModelInfo& model) {
  return UsageError(absl::StrCat(option, " draws ", wanted, "; a row of ",
                                 VersionText(model), " has shape ",
                                 ShapeText(model.data.shape)));
}

void AddOutputOptions(CLI::App& command, OutputOptions& options) {
  command.add_option(
      "--output", options.output,
      "Write the result: .csv, .npy, or .png for a contact sheet of "
      "images");
  command.add_option(
      "--plot", options.plot,
      "Write a picture, .png: a scatter of 2-D rows, a contact sheet of "
      "images");
}

absl::Status CheckOutput(const OutputOptions& options, const ModelInfo& model) {
  const std::string& output = options.output;
  const bool sheet = absl::EndsWith(output, ".png");
  if (options.to_file() && !sheet && !absl::EndsWith(output, ".csv") &&
      !absl::EndsWith(output, ".npy")) {
    return UsageError(absl::StrCat(
        "--output must end in .csv, .npy or .png; was '", output, "'"));
  }
  if (sheet && !IsImage(model))
    return CannotDraw("--output .png", "images", model);
  if (options.plot.empty()) return absl::OkStatus();
  if (!absl::EndsWith(options.plot, ".png")) {
    return UsageError(
        absl::StrCat("--plot must end in .png; was '", options.plot, "'"));
  }
  if (IsImage(model) || IsPlane(model)) return absl::OkStatus();
  return CannotDraw("--plot", "images and 2-D rows", model);
}

GrayRange DataRange(const ModelInfo& model, const Rows& rows) {
  if (model.data.min.has_value() && model.data.max.has_value()) {
    return {.min = *model.data.min, .max = *model.data.max};
  }
  const auto [min, max] =
      std::minmax_element(rows.values.begin(), rows.values.end());
  // A range has to have a width.
  return {.min = *min, .max = std::max<double>(*max, *min + 1e-6)};
}

GrayRange SymmetricRange(const Rows& rows) {
  double most = 1e-6;
  for (const float value : rows.values) {
    most = std::max(most, std::abs(static_cast<double>(value)));
  }
  return {.min = -most, .max = most};
}

absl::Status WriteOutput(const OutputOptions& options, const ModelInfo& model,
                         const Rows& rows, const GrayRange& range) {
  if (absl::EndsWith(options.output, ".png")) {
    return WriteSheet(options.output, model, rows, range);
  }
  return FileError(WriteRows(options.output, rows));
}

absl::Status WritePlot(const OutputOptions& options, const ModelInfo& model,
                       const Rows& x, const std::optional<Rows>& scores) {
  if (options.plot.empty()) return absl::OkStatus();
  if (IsPlane(model)) return WriteScatter(options.plot, model, x, scores);
  if (!scores.has_value()) {
    return WriteSheet(options.plot, model, x, DataRange(model, x));
  }
  return WriteSheet(options.plot, model, *scores, SymmetricRange(*scores));
}

}  // namespace scoreserve::ctl
