// How each kind of layer is drawn; internal.

#ifndef SCORESERVE_MODELS_PLOTS_CHART_LAYERS_H_
#define SCORESERVE_MODELS_PLOTS_CHART_LAYERS_H_

#include <string>
#include <vector>

#include "models/plots/canvas.h"
#include "models/plots/chart.h"
#include "models/plots/chart_frame.h"
#include "models/plots/color.h"

namespace scoreserve {

// One layer with its colour. The chart that `layer` is of must outlive it.
struct ColoredLayer {
  const Layer* layer;
  Color color;
};

// Every layer of `chart`, bottom up, with its own colour or the next.
std::vector<ColoredLayer> ColorLayers(const Chart& chart);

// The smallest and the largest value of the colour bar.
Extent ValuesOf(const HeatmapLayer& grid);

// Draws inside `plot`.
void DrawLayer(const ColoredLayer& layer, const Scales& scales, const Box& plot,
               Canvas& canvas);

// The names of the layers that have one, in the corner of `plot` where the
// fewest points are.
void DrawLegend(const std::vector<ColoredLayer>& layers, const Scales& scales,
                const Box& plot, Canvas& canvas);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_PLOTS_CHART_LAYERS_H_
