// How pictures become the frames of a file; internal.

#ifndef SCORESERVE_MODELS_PLOTS_FRAME_ENCODER_H_
#define SCORESERVE_MODELS_PLOTS_FRAME_ENCODER_H_

#include <memory>
#include <string>

#include "absl/time/time.h"
#include "models/plots/pixels.h"

namespace scoreserve {

// The shortest and the longest time that every format can say. Browsers take
// what is shorter for a tenth of a second.
inline constexpr absl::Duration kShortestFrame = absl::Milliseconds(20);
inline constexpr absl::Duration kLongestFrame = absl::Seconds(60);

// The bytes of an animation that repeats for ever. Keeps what it has encoded,
// and no pictures. Thread-compatible.
class FrameEncoder {
 public:
  virtual ~FrameEncoder() = default;

  // One more frame: `picture`, which differs from the one before inside
  // `changed` alone and is as large. For the first that is all of it. `shown`
  // is within the bounds above.
  virtual void Add(const Pixels& picture, const PixelBox& changed,
                   absl::Duration shown) = 0;

  // The file. `last` is the newest picture that was added. To be called once,
  // after Add().
  virtual std::string Finish(const Pixels& last) = 0;
};

// Animated Portable Network Graphics (PNG, third edition, W3C 2025), 24-bit
// colour. What does not know that it moves shows `last`.
std::unique_ptr<FrameEncoder> NewApngEncoder();

// GIF89a with 256 colours a frame (see palette.h), times in hundredths of a
// second.
std::unique_ptr<FrameEncoder> NewGifEncoder();

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_PLOTS_FRAME_ENCODER_H_
