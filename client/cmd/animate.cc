#include "client/cmd/animate.h"

#include <algorithm>
#include <iostream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/cmd/animation_file.h"
#include "client/cmd/outcome.h"
#include "client/cmd/output.h"
#include "models/plots/animation.h"

namespace scoreserve::ctl {
namespace {

constexpr int64_t kMaxPoints = 5000, kMaxImages = 400;
constexpr int64_t kMaxFloats = int64_t{1} << 26;  // 256 MiB of all frames.

}  // namespace

void AddAnimateOptions(CLI::App& command, AnimateOptions& options) {
  command.add_option(
      "--animate", options.path,
      "Write the rows moving, .gif or .png (APNG): a scatter of 2-D rows, a "
      "contact sheet of images");
  command
      .add_option("--frames", options.frames,
                  "About how many frames --animate has")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
}

absl::Status CheckAnimate(const AnimateOptions& options,
                          const ModelInfo& model) {
  if (!options.wanted()) return absl::OkStatus();
  if (!IsAnimationPath(options.path)) {
    return UsageError(absl::StrCat(
        "--animate must end in .gif, .png or .apng; was '", options.path, "'"));
  }
  if (IsImage(model) || IsPlane(model)) return absl::OkStatus();
  return CannotDraw("--animate", "images and 2-D rows", model);
}

AnimationPlan PlanAnimation(int64_t frames, int64_t rows, int64_t dim) {
  // n steps, a state every max(1, round(n / frames)): at worst n is just under
  // 1.5 times frames, and there is one at each.
  AnimationPlan plan = {.max_frames = frames + frames / 2};
  const int64_t kept = kMaxFloats / (dim * (plan.max_frames + 1));
  plan.rows = std::clamp<int64_t>(
      rows, 1,
      std::max<int64_t>(1, std::min(kept, dim == 2 ? kMaxPoints : kMaxImages)));
  return plan;
}

Recording::Recording(const AnimateOptions& options, const ModelInfo& model,
                     SampleQuery* query)
    : Recording(options.path, model,
                PlanAnimation(options.frames, query->rows, model.dim())) {
  query->states_count = options.frames;
  if (plan_.rows >= query->rows) return;
  query->states_rows = plan_.rows;
  std::cerr << path_ << " will have the first " << plan_.rows << " of "
            << query->rows << " rows\n";
}

Recording::Recording(std::string path, ModelInfo model,
                     const AnimationPlan& plan)
    : path_(std::move(path)),
      model_(std::move(model)),
      plan_(plan),
      frames_(plan.rows, model_.dim(), plan.max_frames) {}

absl::Status Recording::Write(int64_t num_steps, const Rows& last) {
  Rows drawn = {.dim = last.dim, .values = last.values};
  drawn.values.resize(plan_.rows * drawn.dim);
  return WriteAnimation(path_, model_, num_steps, frames_.Complete(), drawn);
}

}  // namespace scoreserve::ctl
