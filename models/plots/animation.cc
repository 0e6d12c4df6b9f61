#include "models/plots/animation.h"

#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "models/io/files.h"
#include "models/plots/canvas.h"
#include "models/plots/chart.h"
#include "models/plots/contact_sheet.h"
#include "models/plots/drawings.h"
#include "models/plots/frame_encoder.h"
#include "models/plots/pixels.h"
#include "models/status.h"

namespace scoreserve {
namespace {

bool IsGif(absl::string_view path) { return absl::EndsWith(path, ".gif"); }

std::string Size(const Pixels& picture) {
  return absl::StrCat(picture.width, " by ", picture.height, " pixels");
}

class FileAnimation final : public Animation {
 public:
  FileAnimation(std::string path, std::unique_ptr<FrameEncoder> encoder)
      : path_(std::move(path)), encoder_(std::move(encoder)) {}

  absl::Status Add(const ContactSheet& frame, absl::Duration shown) override {
    return Take(Draw(frame), shown);
  }
  absl::Status Add(const Chart& frame, absl::Duration shown) override {
    return Take(Draw(absl::MakeConstSpan(&frame, 1)), shown);
  }

  absl::Status Write() override {
    if (newest_.values.empty()) {
      return absl::FailedPreconditionError(
          absl::StrCat(path_, ": an animation must have a frame"));
    }
    return WriteFile(path_, encoder_->Finish(newest_));
  }

 private:
  absl::Status Take(absl::StatusOr<Canvas> canvas, absl::Duration shown) {
    if (!canvas.ok()) return canvas.status();
    if (shown < kShortestFrame || shown > kLongestFrame) {
      return InvalidField(
          "shown",
          absl::StrCat("between ", absl::FormatDuration(kShortestFrame),
                       " and ", absl::FormatDuration(kLongestFrame)),
          absl::FormatDuration(shown));
    }
    Pixels picture = canvas->ToPixels();
    const bool first = newest_.values.empty();
    if (!first &&
        (picture.width != newest_.width || picture.height != newest_.height)) {
      return InvalidField(
          "frame", absl::StrCat("as large as those before it, ", Size(newest_)),
          Size(picture));
    }
    encoder_->Add(picture, first ? picture.box() : Difference(newest_, picture),
                  shown);
    newest_ = std::move(picture);
    return absl::OkStatus();
  }

  const std::string path_;
  const std::unique_ptr<FrameEncoder> encoder_;
  Pixels newest_;  // Empty before the first.
};

}  // namespace

bool IsAnimationPath(absl::string_view path) {
  return IsGif(path) || absl::EndsWith(path, ".png") ||
         absl::EndsWith(path, ".apng");
}

absl::StatusOr<std::unique_ptr<Animation>> NewAnimation(
    const std::string& path) {
  if (!IsAnimationPath(path)) {
    return InvalidField("path", "a name that ends in .gif, .png or .apng",
                        path);
  }
  return std::make_unique<FileAnimation>(
      path, IsGif(path) ? NewGifEncoder() : NewApngEncoder());
}

}  // namespace scoreserve
