// From a chart's numbers to places on paper. Arithmetic alone; internal.

#ifndef SCORESERVE_MODELS_PLOTS_CHART_FRAME_H_
#define SCORESERVE_MODELS_PLOTS_CHART_FRAME_H_

#include <limits>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "models/plots/canvas.h"
#include "models/plots/chart.h"

namespace scoreserve {

// The smallest interval that holds all that was added.
struct Extent {
  double min = std::numeric_limits<double>::infinity();
  double max = -std::numeric_limits<double>::infinity();

  // Leaves out what is not finite.
  void Add(double value);
  bool empty() const { return min > max; }
};

// The numbers from min to max, at even distances of themselves or their
// logarithms. Immutable.
struct Scale {
  double min = 0.0, max = 1.0;
  bool log = false;

  // 0 at min, 1 at max; NaN for what has no place.
  double Fraction(double value) const;
};

// The ends that `axis` gives, or else those of `grid`, or else those of `data`
// with room around. INVALID_ARGUMENT naming "`field`.min" or "`field`.max".
absl::StatusOr<Scale> MakeScale(absl::string_view field, const Axis& axis,
                                const Extent& data, const Extent& grid);

// Both scales of `chart`, for its layers.
struct Scales {
  Scale x, y;
};
absl::StatusOr<Scales> MakeScales(const Chart& chart);

// OK where every layer can be drawn.
absl::Status CheckLayers(const Chart& chart);

// The place in `plot` of a point; NaN where it has none.
Point Place(const Scales& scales, const Box& plot, const Point& point);

// The largest box in the middle of `plot` where a unit is as long on both axes.
Box EqualAspect(const Box& plot, const Scales& scales);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_PLOTS_CHART_FRAME_H_
