#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "ATen/ops/from_blob.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "c10/core/InferenceMode.h"
#include "models/networks/energy_mlp.h"
#include "models/networks/gaussian_mixture.h"
#include "models/networks/mlp.h"
#include "models/networks/nice.h"
#include "models/networks/residual_mlp.h"
#include "models/networks/score_network.h"
#include "models/networks/unet.h"
#include "models/status.h"

namespace scoreserve {
namespace {

constexpr LabelRule kNoLabel = {};
constexpr LabelRule kNoiseLevels = {LabelKind::kNoiseLevel, 0.01, 50.0};
constexpr LabelRule kNoiseLevelsFromZero = {LabelKind::kNoiseLevel, 0.0, 50.0};

absl::Status Corrupt(absl::string_view message) {
  return WithReason(absl::FailedPreconditionError(message),
                    Reason::kCorruptModel);
}

std::string ShapeText(at::IntArrayRef shape) {
  return absl::StrCat("[", absl::StrJoin(shape, ", "), "]");
}

absl::Status CopyInto(const std::string& name, const NamedArray& array,
                      at::Tensor weight) {
  if (weight.sizes() != at::IntArrayRef(array.shape)) {
    return Corrupt(absl::StrCat("array '", name, "' must have shape ",
                                ShapeText(weight.sizes()), "; was ",
                                ShapeText(array.shape)));
  }
  // from_blob() takes no const pointer, but the array is only read.
  weight.copy_(at::from_blob(const_cast<float*>(array.values.data()),
                             array.shape, at::kFloat));
  return absl::OkStatus();
}

}  // namespace

at::Tensor ScoreNetwork::Energy(const ScoreInput&, Workspace&) const {
  std::abort();
}

ScoreAndEnergy ScoreNetwork::ScoreWithEnergy(const ScoreInput&,
                                             Workspace&) const {
  std::abort();
}

const std::vector<NetworkKind>& NetworkKinds() {
  static const auto& kinds = *new std::vector<NetworkKind>{
      {"energy_mlp",
       "Energy of a multilayer perceptron with an envelope, without a label.",
       EnergyMlpOptionTable().Describe(), kNoLabel, NewEnergyMlp},
      {"gaussian_mixture",
       "The exact score of a mixture of isotropic Gaussians.",
       GaussianMixtureOptionTable().Describe(), kNoiseLevelsFromZero,
       NewGaussianMixture},
      {"mlp", "Multilayer perceptron, without a label.",
       MlpOptionTable().Describe(), kNoLabel, NewMlp},
      {"nice",
       "Normalised density of a flow of additive couplings, without a label.",
       NiceOptionTable().Describe(), kNoLabel, NewNice},
      {"residual_mlp",
       "Residual perceptron of the noise level or time and of a class, with "
       "EDM "
       "preconditioning.",
       ResidualMlpOptionTable().Describe(), kNoiseLevels, NewResidualMlp},
      {"unet",
       "Small U-Net of images, of the noise level or time and of a class, with "
       "EDM preconditioning.",
       UnetOptionTable().Describe(), kNoiseLevels, NewUnet},
  };
  return kinds;
}

absl::StatusOr<const NetworkKind*> FindNetworkKind(absl::string_view name) {
  std::vector<std::string> names;
  for (const NetworkKind& kind : NetworkKinds()) {
    if (kind.name == name) return &kind;
    names.push_back(kind.name);
  }
  return InvalidField(
      "network", absl::StrCat("there is no network '", name,
                              "'; there are: ", absl::StrJoin(names, ", ")));
}

absl::StatusOr<std::unique_ptr<ScoreNetwork>> NewNetwork(
    const ModelConfig& config, uint64_t seed) {
  absl::StatusOr<const NetworkKind*> kind = FindNetworkKind(config.network);
  if (!kind.ok()) return kind.status();
  // Tensors made in inference mode could never be trained.
  const c10::InferenceMode ordinary(false);
  absl::StatusOr<std::unique_ptr<ScoreNetwork>> network =
      (*kind)->create(config, seed);
  if (network.ok() && (*network)->classes() != config.classes) {
    return InvalidField("classes",
                        absl::StrCat((*network)->classes(), " for network '",
                                     config.network, "'"),
                        absl::StrCat(config.classes));
  }
  return network;
}

absl::StatusOr<std::unique_ptr<ScoreNetwork>> LoadNetwork(
    const ModelConfig& config, const NamedArrays& arrays) {
  absl::StatusOr<std::unique_ptr<ScoreNetwork>> network = NewNetwork(config, 0);
  if (!network.ok()) return network.status();
  const auto weights = (*network)->Weights();
  for (const auto& [name, weight] : weights) {
    const auto array = arrays.find(name);
    if (array == arrays.end()) {
      return Corrupt(absl::StrCat("there is no array '", name, "'"));
    }
    absl::Status copied = CopyInto(name, array->second, weight);
    if (!copied.ok()) return copied;
  }
  for (const auto& [name, array] : arrays) {
    if (std::none_of(weights.begin(), weights.end(),
                     [&name = name](const auto& weight) {
                       return weight.first == name;
                     })) {
      return Corrupt(absl::StrCat("array '", name, "' is none of network '",
                                  config.network, "'"));
    }
  }
  absl::Status checked = (*network)->CheckWeights();
  if (!checked.ok()) return Corrupt(checked.message());
  return network;
}

NamedArrays SaveWeights(const ScoreNetwork& network) {
  NamedArrays arrays;
  for (const auto& [name, weight] : network.Weights()) {
    const at::Tensor flat =
        weight.detach().to(at::kCPU, at::kFloat).contiguous();
    const float* data = flat.const_data_ptr<float>();
    arrays[name] = {.shape = flat.sizes().vec(),
                    .values = std::vector<float>(data, data + flat.numel())};
  }
  return arrays;
}

}  // namespace scoreserve
