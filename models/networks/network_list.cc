#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "c10/core/InferenceMode.h"
#include "models/networks/named_tensors.h"
#include "models/networks/score_network.h"
#include "models/status.h"

namespace scoreserve {

#define NETWORK(New) NetworkKind New();
#include "models/networks/network_list.inc"
#undef NETWORK

namespace {

absl::Status Corrupt(absl::string_view message) {
  return WithReason(absl::FailedPreconditionError(message),
                    Reason::kCorruptModel);
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
  static const auto& kinds = *new std::vector<NetworkKind>({
#define NETWORK(New) New(),
#include "models/networks/network_list.inc"
#undef NETWORK
  });
  return kinds;
}

absl::Status CheckNoLabel(const ModelConfig& config) {
  if (config.label.kind == LabelKind::kNone) return absl::OkStatus();
  return InvalidField("label.kind",
                      absl::StrCat("label.kind must be none for network '",
                                   config.network, "'"));
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
    if (weight.sizes() != at::IntArrayRef(array->second.shape)) {
      return Corrupt(absl::StrCat("array '", name, "' must have shape ",
                                  ShapeText(weight.sizes()), "; was ",
                                  ShapeText(array->second.shape)));
    }
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
  CopyInto(arrays, weights);
  absl::Status checked = (*network)->CheckWeights();
  if (!checked.ok()) return Corrupt(checked.message());
  return network;
}

NamedArrays SaveWeights(const ScoreNetwork& network) {
  return CopyOf(network.Weights());
}

}  // namespace scoreserve
