#ifndef SCORESERVE_MODELS_PLOTS_PALETTE_H_
#define SCORESERVE_MODELS_PLOTS_PALETTE_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"

namespace scoreserve {

// A picture whose pixels are numbers of colours.
struct IndexedPixels {
  std::vector<uint32_t> palette = {};  // 0xRRGGBB, at most 256.
  std::vector<uint8_t> indices = {};   // One a pixel.
};

// `pixels`, 0xRRGGBB, in the colours they have where those are at most 256;
// else in 256 means of neighbours, by median cut (Heckbert 1982): the box of
// colours that is widest, weighted by its pixels, is cut where half of them lie
// on each side. Requires at least one pixel.
IndexedPixels ReduceColors(absl::Span<const uint32_t> pixels);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_PLOTS_PALETTE_H_
