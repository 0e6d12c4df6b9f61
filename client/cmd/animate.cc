#include "client/cmd/animate.h"

#include <algorithm>
#include <cmath>
#include <iostream>
#include <utility>

#include "absl/memory/memory.h"
#include "absl/strings/str_cat.h"
#include "client/cmd/animation_file.h"
#include "client/cmd/outcome.h"
#include "client/cmd/output.h"
#include "models/plots/animation.h"

namespace scoreserve::ctl {
namespace {

constexpr int64_t kMaxPoints = 5000, kMaxImages = 400;
constexpr int64_t kMaxFloats = int64_t{1} << 26;  // 256 MiB of all frames.

// How many steps the run of `query` has: begins it, and cancels it when the
// server says so. The server's own error where it refuses.
absl::StatusOr<int64_t> CountSteps(Client& client, const SampleQuery& query) {
  int64_t num_steps = 0;
  const Cancellation cancellation;
  const SampleObserver observer = {.on_start = [&](const SampleStart& start) {
    num_steps = start.num_steps;
    cancellation.Cancel();
  }};
  const absl::StatusOr<Samples> samples =
      client.Sample(query, observer, {.cancellation = cancellation});
  if (num_steps > 0) return num_steps;
  return samples.ok() ? absl::InternalError("the server gave no step count")
                      : samples.status();
}

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

AnimationPlan PlanAnimation(int64_t num_steps, int64_t frames, int64_t rows,
                            int64_t dim) {
  AnimationPlan plan = {.num_steps = num_steps};
  plan.states_every =
      std::max<int64_t>(1, std::llround(static_cast<double>(num_steps) /
                                        static_cast<double>(frames)));
  plan.max_frames = num_steps / plan.states_every;
  const int64_t kept = kMaxFloats / (dim * (plan.max_frames + 1));
  plan.rows = std::clamp<int64_t>(
      rows, 1,
      std::max<int64_t>(1, std::min(kept, dim == 2 ? kMaxPoints : kMaxImages)));
  return plan;
}

absl::StatusOr<std::unique_ptr<Recording>> Recording::New(
    Client& client, const AnimateOptions& options, const ModelInfo& model,
    SampleQuery* query) {
  const absl::StatusOr<int64_t> num_steps = CountSteps(client, *query);
  if (!num_steps.ok()) return num_steps.status();
  const AnimationPlan plan =
      PlanAnimation(*num_steps, options.frames, query->rows, model.dim());
  if (plan.rows < query->rows) {
    std::cerr << options.path << " will have the first " << plan.rows << " of "
              << query->rows << " rows\n";
  }
  query->states_every = plan.states_every;
  return absl::WrapUnique(new Recording(options.path, model, plan));
}

Recording::Recording(std::string path, ModelInfo model,
                     const AnimationPlan& plan)
    : path_(std::move(path)),
      model_(std::move(model)),
      plan_(plan),
      frames_(plan.rows, model_.dim(), plan.max_frames) {}

absl::Status Recording::Write(const Rows& samples) {
  Rows last = {.dim = samples.dim, .values = samples.values};
  last.values.resize(plan_.rows * last.dim);
  return WriteAnimation(path_, model_, plan_.num_steps, frames_.Complete(),
                        last);
}

}  // namespace scoreserve::ctl
