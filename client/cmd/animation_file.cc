#include "client/cmd/animation_file.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "client/cmd/outcome.h"
#include "client/cmd/output.h"
#include "models/plots/animation.h"
#include "models/plots/chart.h"
#include "models/plots/contact_sheet.h"

namespace scoreserve::ctl {
namespace {

constexpr absl::Duration kShown = absl::Milliseconds(80);
constexpr absl::Duration kLastShown = absl::Seconds(2);

// Of a picture, in points; of a contact sheet about.
constexpr double kChartSide = 400.0, kSheetSide = 340.0;

std::string Title(int64_t step, int64_t num_steps) {
  return absl::StrCat("step ", step, " of ", num_steps);
}

// The finite values of column `column`, every `stride`-th.
std::vector<float> Finite(const Rows& rows, int64_t column, int64_t stride) {
  std::vector<float> values;
  for (size_t i = column; i < rows.values.size(); i += stride) {
    if (std::isfinite(rows.values[i])) values.push_back(rows.values[i]);
  }
  return values;
}

// What a fraction `part` of `values`, of which there is one, are not above.
double Quantile(std::vector<float>& values, double part) {
  const auto nth = values.begin() +
                   std::lround(part * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), nth, values.end());
  return *nth;
}

// Noise that is far wider than the data would be black and white alone; so the
// grays reach as far as nearly all values of a frame do.
GrayRange Widened(GrayRange range, const Rows& x) {
  std::vector<float> values = Finite(x, 0, 1);
  if (values.empty()) return range;
  return {.min = std::min(range.min, Quantile(values, 0.02)),
          .max = std::max(range.max, Quantile(values, 0.98))};
}

// Of each value a square of whole pixels, of which a point has two.
double ImageWidth(const ModelInfo& model, int64_t columns) {
  const auto width = static_cast<double>(model.data.shape[1]);
  const double room = kSheetSide / static_cast<double>(columns) - 4.0;
  return std::max(1.0, std::floor(2.0 * room / width)) * width / 2.0;
}

ContactSheet SheetOf(const ModelInfo& model, const Rows& x,
                     const GrayRange& range, std::string title) {
  const double root = std::sqrt(static_cast<double>(x.rows()));
  const auto columns = static_cast<int64_t>(std::ceil(root));
  ContactSheet sheet = {.title = std::move(title),
                        .image_shape = model.data.shape,
                        .min = range.min,
                        .max = range.max,
                        .columns = columns,
                        .image_width = ImageWidth(model, columns)};
  sheet.groups.push_back({.caption = "", .images = x});
  return sheet;
}

// All values of coordinate `i`, with a quarter of their range on either side.
Axis AxisOf(const Rows& x, int64_t i, std::string label) {
  const std::vector<float> values = Finite(x, i, 2);
  if (values.empty()) return {.label = std::move(label), .min = -1, .max = 1};
  const auto [min, max] = std::minmax_element(values.begin(), values.end());
  const double room = *max > *min ? 0.25 * (*max - *min) : 1.0;
  return {.label = std::move(label), .min = *min - room, .max = *max + room};
}

Chart ScatterOf(const Axis& x_axis, const Axis& y_axis, const Rows& x,
                std::string title) {
  ScatterLayer points = {.radius = x.rows() > 1000 ? 1.2 : 2.0};
  for (int64_t i = 0; i < x.rows(); ++i) {
    points.points.push_back({.x = x.row(i)[0], .y = x.row(i)[1]});
  }
  return {.title = std::move(title),
          .x = x_axis,
          .y = y_axis,
          .layers = {std::move(points)},
          .equal_aspect = true,
          .width = kChartSide,
          .height = kChartSide};
}

}  // namespace

absl::Status WriteAnimation(const std::string& path, const ModelInfo& model,
                            int64_t num_steps,
                            const std::vector<StateFrame>& frames,
                            const Rows& last) {
  absl::StatusOr<std::unique_ptr<Animation>> animation = NewAnimation(path);
  if (!animation.ok()) return UsageError(animation.status().message());
  const GrayRange range = DataRange(model, last);
  const Axis x_axis = AxisOf(last, 0, "x₀"), y_axis = AxisOf(last, 1, "x₁");
  const auto add = [&](const Rows& x, int64_t step, absl::Duration shown) {
    std::string title = Title(step, num_steps);
    return IsPlane(model)
               ? (*animation)
                     ->Add(ScatterOf(x_axis, y_axis, x, std::move(title)),
                           shown)
               : (*animation)
                     ->Add(
                         SheetOf(model, x, Widened(range, x), std::move(title)),
                         shown);
  };
  for (const StateFrame& frame : frames) {
    // The state after the last step is what the samples are.
    if (frame.step >= num_steps) break;
    absl::Status added = add(frame.x, frame.step, kShown);
    if (!added.ok()) return FileError(added);
  }
  absl::Status added = add(last, num_steps, kLastShown);
  if (!added.ok()) return FileError(added);
  return FileError((*animation)->Write());
}

}  // namespace scoreserve::ctl
