#ifndef SCORESERVE_MODELS_NETWORKS_PEAK_BYTES_H_
#define SCORESERVE_MODELS_NETWORKS_PEAK_BYTES_H_

#include <cstdint>

#include "absl/functional/function_ref.h"

namespace scoreserve {

// The most bytes of tensors in the processor's memory that were there at once
// while `work` ran, of those that it made on this thread. What libraries take
// beside tensors is not seen. Thread-safe: others are not counted.
int64_t PeakTensorBytesHere(absl::FunctionRef<void()> work);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_NETWORKS_PEAK_BYTES_H_
