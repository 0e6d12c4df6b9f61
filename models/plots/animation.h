// Pictures that follow each other, in one file that repeats them for ever.

#ifndef SCORESERVE_MODELS_PLOTS_ANIMATION_H_
#define SCORESERVE_MODELS_PLOTS_ANIMATION_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "models/plots/chart.h"
#include "models/plots/contact_sheet.h"

namespace scoreserve {

// One animated picture on its way to a file. Keeps the frames as they will be
// in the file and the newest as a picture, so that memory does not grow with
// their size. Thread-compatible.
class Animation {
 public:
  virtual ~Animation() = default;

  // One more frame, which stays for `shown`: from 20 ms to a minute, to the
  // nearest 10 ms. INVALID_ARGUMENT for another time, a picture that WritePng()
  // refuses, or one that is not as large as the first; taken iff OK.
  virtual absl::Status Add(const ContactSheet& frame, absl::Duration shown) = 0;
  virtual absl::Status Add(const Chart& frame, absl::Duration shown) = 0;

  // Writes the file, and ends this. FAILED_PRECONDITION without a frame; the
  // error of the file system where writing fails.
  virtual absl::Status Write() = 0;
};

// Whether `path` ends in what NewAnimation() knows.
bool IsAnimationPath(absl::string_view path);

// By the suffix of `path`: .gif has 256 colours a frame, which is enough for
// gray images and plain charts; .png and .apng have every colour, and show the
// last frame where a program does not know that they move. INVALID_ARGUMENT
// for another suffix.
absl::StatusOr<std::unique_ptr<Animation>> NewAnimation(
    const std::string& path);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_PLOTS_ANIMATION_H_
