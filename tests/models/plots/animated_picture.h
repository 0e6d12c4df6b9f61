// Animations that were read back, by decoders that share no code with the
// encoders.

#ifndef SCORESERVE_TESTS_MODELS_PLOTS_ANIMATED_PICTURE_H_
#define SCORESERVE_TESTS_MODELS_PLOTS_ANIMATED_PICTURE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace scoreserve {

// The whole picture while one frame is shown, and the part that the file had of
// it.
struct DecodedFrame {
  int x = 0, y = 0, width = 0, height = 0;
  int milliseconds = 0;
  std::vector<uint32_t> pixels;  // 0xRRGGBB, row-major, of the whole picture.
};

struct AnimatedPicture {
  int width = 0, height = 0;
  std::vector<DecodedFrame> frames;
  std::vector<uint32_t> still;  // What an APNG shows where nothing moves.
};

// Reports what is wrong as a failure of the running test, and returns what was
// read until then. Only what the encoders use is understood: 24-bit APNG, and
// GIF with local colour tables, whose frames stay in place.
AnimatedPicture DecodeApng(absl::string_view file);
AnimatedPicture DecodeGif(absl::string_view file);

// The symbols of codes that begin at bits + 1 bits.
std::vector<uint8_t> LzwDecode(absl::string_view codes, int bits);

}  // namespace scoreserve

#endif  // SCORESERVE_TESTS_MODELS_PLOTS_ANIMATED_PICTURE_H_
