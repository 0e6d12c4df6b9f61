// Where an axis is marked, and with what words. Arithmetic alone.

#ifndef SCORESERVE_MODELS_PLOTS_TICKS_H_
#define SCORESERVE_MODELS_PLOTS_TICKS_H_

#include <string>
#include <vector>

namespace scoreserve {

struct Tick {
  double value = 0.0;
  std::string label;  // Empty for a mark without one.
};

// Multiples of 1, 2 or 5 times a power of ten inside [min, max], `count` of
// them or a few less. Requires min < max, both finite, and count ≥ 2.
std::vector<Tick> LinearTicks(double min, double max, int count);

// Powers of ten inside [min, max], at most `count` of them with labels; in
// between, where there is room, marks without. Requires 0 < min < max, both
// finite, and count ≥ 2. A range without two powers of ten has linear ticks.
std::vector<Tick> LogTicks(double min, double max, int count);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_PLOTS_TICKS_H_
