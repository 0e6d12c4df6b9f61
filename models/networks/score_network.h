// The interface of everything that can be served or trained.

#ifndef SCORESERVE_MODELS_NETWORKS_SCORE_NETWORK_H_
#define SCORESERVE_MODELS_NETWORKS_SCORE_NETWORK_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "ATen/core/Tensor.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "models/io/model_config.h"
#include "models/io/safetensors.h"
#include "models/networks/workspace.h"
#include "models/options.h"

namespace scoreserve {

// Rows to evaluate. Undefined tensors where a network takes no such thing.
struct ScoreInput {
  at::Tensor x{};      // float32 [rows, dim], in model space.
  at::Tensor label{};  // float64 [rows]: noise level or time.
  // int64 [rows]: a class from 0, or kNoCondition. Undefined: none anywhere.
  at::Tensor condition{};
  // float32 [rows]: the weight w of classifier-free guidance, which networks
  // leave to GuidedScore() (guidance.h).
  at::Tensor guidance{};
};

// The condition of a row that has none.
inline constexpr int64_t kNoCondition = -1;

// A score, and the energy that it is the negative gradient of.
struct ScoreAndEnergy {
  at::Tensor score;        // float32 [rows, dim].
  at::Tensor energy = {};  // float64 [rows]: −log p up to a constant.
};

// A function x, label ↦ s(x, label) ≈ ∇ₓ log p(x; label), with its weights.
// Knows nothing of requests. Const methods are thread-safe as long as nobody
// writes into the weights; each thread brings its own Workspace.
class ScoreNetwork {
 public:
  virtual ~ScoreNetwork() = default;

  virtual int64_t dim() const = 0;
  virtual LabelKind label_kind() const = 0;

  // Classes that rows can be conditioned on; 0: the network takes no condition.
  virtual int64_t classes() const { return 0; }

  // The score [rows, dim], float32, in model space. Under inference mode it may
  // lie in `workspace`, valid until its next Begin(); under grad mode it is
  // differentiable in the weights and in x.
  virtual at::Tensor Score(const ScoreInput& input,
                           Workspace& workspace) const = 0;

  // Whether there is an energy E with s = −∇E, and then, as Score(): E itself,
  // float32 or float64 [rows], and both at once. Calling these on a network
  // that has none dies.
  virtual bool has_energy() const { return false; }
  virtual at::Tensor Energy(const ScoreInput& input,
                            Workspace& workspace) const;
  virtual ScoreAndEnergy ScoreWithEnergy(const ScoreInput& input,
                                         Workspace& workspace) const;

  // Whether the score's derivative in x is the slope of the score: a network of
  // ReLUs has kinks, which its derivatives do not see.
  virtual bool smooth() const { return true; }

  // The weights by the name they are saved under, in a fixed order; the tensors
  // themselves, not copies. Float32, or float64 where a closed form needs it.
  virtual std::vector<std::pair<std::string, at::Tensor>> Weights() const = 0;

  // Tensors beside the weights that Score() reads, which MoveTo() takes along.
  virtual std::vector<at::Tensor> Constants() const { return {}; }

  // Whether the weights may be trained (a closed form's may not).
  virtual bool trainable() const { return true; }

  // Whether the weights are such as the network can have (variances more than
  // 0). INVALID_ARGUMENT naming the array. Called once they have been loaded.
  virtual absl::Status CheckWeights() const { return absl::OkStatus(); }
};

// A kind of network: one line in network_list.inc.
struct NetworkKind {
  std::string name;
  std::string help;  // One sentence.
  std::vector<OptionDescription> options;
  LabelRule usual_label;  // What scoretrain gives it unless told otherwise.
  // A network with fresh weights, drawn from `seed`. INVALID_ARGUMENT for
  // options or a config that it cannot have.
  absl::StatusOr<std::unique_ptr<ScoreNetwork>> (*create)(
      const ModelConfig& config, uint64_t seed);
};
const std::vector<NetworkKind>& NetworkKinds();

// For networks that take no label: INVALID_ARGUMENT naming label.kind where
// `config` gives them one.
absl::Status CheckNoLabel(const ModelConfig& config);

// INVALID_ARGUMENT, listing the names that there are.
absl::StatusOr<const NetworkKind*> FindNetworkKind(absl::string_view name);

// As `config.network` says, with fresh weights. These are ordinary tensors,
// which do not require a gradient, even where the caller is in inference mode.
absl::StatusOr<std::unique_ptr<ScoreNetwork>> NewNetwork(
    const ModelConfig& config, uint64_t seed);

// The same with the weights of a file. FAILED_PRECONDITION, CORRUPT_MODEL,
// where names or shapes are not those of the network, or CheckWeights() refuses
// them.
absl::StatusOr<std::unique_ptr<ScoreNetwork>> LoadNetwork(
    const ModelConfig& config, const NamedArrays& arrays);

// The weights as they are saved, in float32.
NamedArrays SaveWeights(const ScoreNetwork& network);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_NETWORKS_SCORE_NETWORK_H_
