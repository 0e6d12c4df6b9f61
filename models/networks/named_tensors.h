#ifndef SCORESERVE_MODELS_NETWORKS_NAMED_TENSORS_H_
#define SCORESERVE_MODELS_NETWORKS_NAMED_TENSORS_H_

#include <string>
#include <utility>
#include <vector>

#include "ATen/core/Tensor.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "models/io/safetensors.h"

namespace scoreserve {

// Tensors by name, in a fixed order: the tensors themselves, float32, or
// float64 where a closed form needs it.
using NamedTensors = std::vector<std::pair<std::string, at::Tensor>>;

// "[2, 3]"
std::string ShapeText(at::IntArrayRef shape);

// Copies of their values, in float32.
NamedArrays CopyOf(const NamedTensors& tensors);

// OK where `arrays` has the names and shapes of `tensors`, and no others;
// INVALID_ARGUMENT naming the array, as "`field`.`name`".
absl::Status CheckFits(absl::string_view field, const NamedArrays& arrays,
                       const NamedTensors& tensors);

// Writes into the tensors. Requires an array of the same shape for each.
void CopyInto(const NamedArrays& arrays, const NamedTensors& tensors);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_NETWORKS_NAMED_TENSORS_H_
