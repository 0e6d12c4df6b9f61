#ifndef SCORESERVE_MODELS_NETWORKS_ACTIVATION_H_
#define SCORESERVE_MODELS_NETWORKS_ACTIVATION_H_

#include <string>

#include "absl/status/statusor.h"

namespace scoreserve {

// What networks put between linear layers.
enum class Activation { kElu, kRelu, kSilu, kSoftplus, kTanh };

// That of the option `activation`. INVALID_ARGUMENT naming it, with the names
// that there are.
absl::StatusOr<Activation> ActivationNamed(const std::string& name);

// The names, for an option's help: "elu, relu, …".
std::string ActivationNames();

// Whether the second derivatives of a network made of it say how its first ones
// change: a ReLU's are 0 beside its kink, and all that it bends by is in there.
bool Smooth(Activation activation);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_NETWORKS_ACTIVATION_H_
