#ifndef SCORESERVE_MODELS_TRAINING_NAMED_TENSORS_H_
#define SCORESERVE_MODELS_TRAINING_NAMED_TENSORS_H_

#include <string>
#include <utility>
#include <vector>

#include "ATen/core/Tensor.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "models/io/safetensors.h"

namespace scoreserve {

// Float32 tensors by name, in a fixed order; the tensors themselves.
using NamedTensors = std::vector<std::pair<std::string, at::Tensor>>;

// Copies of their values.
NamedArrays CopyOf(const NamedTensors& tensors);

// OK where `arrays` has the names and shapes of `tensors`, and no others;
// INVALID_ARGUMENT naming the array, as "`field`.`name`".
absl::Status CheckFits(absl::string_view field, const NamedArrays& arrays,
                       const NamedTensors& tensors);

// Writes into the tensors. Requires CheckFits().
void CopyInto(const NamedArrays& arrays, const NamedTensors& tensors);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_TRAINING_NAMED_TENSORS_H_
