#include "models/networks/named_tensors.h"

#include <algorithm>
#include <string>
#include <vector>

#include "ATen/ops/from_blob.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "c10/core/GradMode.h"
#include "models/status.h"

namespace scoreserve {

std::string ShapeText(at::IntArrayRef shape) {
  return absl::StrCat("[", absl::StrJoin(shape, ", "), "]");
}

NamedArrays CopyOf(const NamedTensors& tensors) {
  NamedArrays arrays;
  for (const auto& [name, tensor] : tensors) {
    const at::Tensor flat =
        tensor.detach().to(at::kCPU, at::kFloat).contiguous();
    const float* data = flat.const_data_ptr<float>();
    arrays[name] = {.shape = flat.sizes().vec(),
                    .values = std::vector<float>(data, data + flat.numel())};
  }
  return arrays;
}

absl::Status CheckFits(absl::string_view field, const NamedArrays& arrays,
                       const NamedTensors& tensors) {
  for (const auto& [name, tensor] : tensors) {
    const std::string path = absl::StrCat(field, ".", name);
    const auto array = arrays.find(name);
    if (array == arrays.end()) return InvalidField(path, "given", "absent");
    if (tensor.sizes() != at::IntArrayRef(array->second.shape)) {
      return InvalidField(
          path, absl::StrCat("of shape ", ShapeText(tensor.sizes())),
          absl::StrCat("of shape ", ShapeText(array->second.shape)));
    }
  }
  for (const auto& [name, array] : arrays) {
    if (std::none_of(tensors.begin(), tensors.end(),
                     [&name = name](const auto& named) {
                       return named.first == name;
                     })) {
      return InvalidField(absl::StrCat(field, ".", name),
                          "absent, as the network has none", "given");
    }
  }
  return absl::OkStatus();
}

void CopyInto(const NamedArrays& arrays, const NamedTensors& tensors) {
  const c10::NoGradGuard no_grad;
  for (const auto& [name, tensor] : tensors) {
    const NamedArray& array = arrays.at(name);
    // from_blob() takes no const pointer, but the array is only read.
    tensor.copy_(at::from_blob(const_cast<float*>(array.values.data()),
                               array.shape, at::kFloat));
  }
}

}  // namespace scoreserve
