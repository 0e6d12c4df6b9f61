// The interface of every loss that a score network can be trained with.

#ifndef SCORESERVE_MODELS_OBJECTIVES_OBJECTIVE_H_
#define SCORESERVE_MODELS_OBJECTIVES_OBJECTIVE_H_

#include <memory>
#include <string>
#include <vector>

#include "ATen/core/Tensor.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "models/io/model_config.h"
#include "models/networks/score_network.h"
#include "models/networks/workspace.h"
#include "models/objectives/conditioned_rows.h"
#include "models/options.h"
#include "models/samplers/noise.h"

namespace scoreserve {

// Which density's score the minimiser is.
enum class Estimand {
  kClean,        // That of the data.
  kNoised,       // That of the data with noise of the label's level added.
  kConditional,  // Those of each coordinate given the ones before it.
};

// A loss over rows of data. Immutable and thread-safe.
class Objective {
 public:
  virtual ~Objective() = default;

  virtual Estimand estimand() const = 0;

  // INVALID_ARGUMENT, UNSUITABLE_MODEL, where the objective means nothing for
  // `network`, a network of the config that it was made for.
  virtual absl::Status CheckNetwork(const ScoreNetwork&) const {
    return absl::OkStatus();
  }

  // The loss [rows] of each row; the caller takes their mean. In grad mode it
  // is differentiable in the weights of `network`. Row i draws from
  // (first.seed, first.step, first.row + i), so a row's loss does not depend on
  // how rows are cut into batches. Requires a network of the config that the
  // objective was made for, and rows without conditions where that has no
  // classes.
  virtual at::Tensor Losses(const ScoreNetwork& network,
                            const ConditionedRows& rows, const NoiseKey& first,
                            Workspace& workspace) const = 0;
};

// A kind of objective: one line in objective_list.cc.
struct ObjectiveKind {
  std::string name;
  std::string help;  // One sentence, with the source.
  std::vector<OptionDescription> options;
  // INVALID_ARGUMENT naming the option, its rule and the value; with reason
  // UNSUITABLE_MODEL where a network with that label, of that process, cannot
  // be trained so. Nothing else of the config is read.
  absl::StatusOr<std::unique_ptr<Objective>> (*create)(
      const OptionValues& options, const ModelConfig& config);
};

// All of them, by name.
const std::vector<ObjectiveKind>& ObjectiveKinds();

// INVALID_ARGUMENT for an unknown name, listing those that there are; else as
// ObjectiveKind::create.
absl::StatusOr<std::unique_ptr<Objective>> NewObjective(
    absl::string_view name, const OptionValues& options,
    const ModelConfig& config);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_OBJECTIVES_OBJECTIVE_H_
