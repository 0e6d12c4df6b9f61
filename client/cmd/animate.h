// scorectl sample --animate: a picture of the rows moving.

#ifndef SCORESERVE_CLIENT_CMD_ANIMATE_H_
#define SCORESERVE_CLIENT_CMD_ANIMATE_H_

#include <cstdint>
#include <string>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"
#include "client/cmd/state_frames.h"
#include "models/io/rows.h"
#include "scoreserve/client.h"

namespace scoreserve::ctl {

struct AnimateOptions {
  std::string path;  // Empty: none.
  int64_t frames = 40;

  bool wanted() const { return !path.empty(); }
};

// Adds --animate and --frames; `options` outlives `command`.
void AddAnimateOptions(CLI::App& command, AnimateOptions& options);

// A usage error where the suffix is unknown, or the model's rows are neither
// images nor points of the plane: to be called before any work.
absl::Status CheckAnimate(const AnimateOptions& options,
                          const ModelInfo& model);

// How much is kept of a run.
struct AnimationPlan {
  int64_t rows = 0;  // The first of the run's; all of them where that will do.
  int64_t max_frames = 0;  // At most so many states come.
};

// For a run of any number of steps that is asked for about `frames` states: as
// many rows of `dim` numbers as can be told apart and kept. Requires 1 of each.
AnimationPlan PlanAnimation(int64_t frames, int64_t rows, int64_t dim);

// What moves during one run, on its way to a file. Thread-compatible.
class Recording {
 public:
  // Makes `query` ask for as many states as there will be frames, of the rows
  // that will be drawn. Says on standard error where those are not all.
  Recording(const AnimateOptions& options, const ModelInfo& model,
            SampleQuery* query);

  void Take(const SampleState& state) { frames_.Take(state); }

  // Writes the animation, which ends with `last`, all rows of the run after
  // num_steps steps. To be called once, last.
  absl::Status Write(int64_t num_steps, const Rows& last);

 private:
  Recording(std::string path, ModelInfo model, const AnimationPlan& plan);

  const std::string path_;
  const ModelInfo model_;
  const AnimationPlan plan_;
  StateFrames frames_;
};

}  // namespace scoreserve::ctl

#endif  // SCORESERVE_CLIENT_CMD_ANIMATE_H_
