#include "models/plots/pixels.h"

#include <algorithm>
#include <cstdint>

namespace scoreserve {

PixelBox Difference(const Pixels& a, const Pixels& b) {
  int64_t left = a.width, right = -1, top = a.height, bottom = -1;
  for (int64_t y = 0; y < a.height; ++y) {
    const uint32_t *const ours = a.at(0, y), *const theirs = b.at(0, y);
    const int64_t first =
        std::mismatch(ours, ours + a.width, theirs).first - ours;
    if (first == a.width) continue;
    int64_t last = a.width - 1;
    while (ours[last] == theirs[last]) --last;
    left = std::min(left, first);
    right = std::max(right, last);
    top = std::min(top, y);
    bottom = y;
  }
  if (bottom < 0) return {};
  return {.x = left,
          .y = top,
          .width = right - left + 1,
          .height = bottom - top + 1};
}

}  // namespace scoreserve
