#ifndef SCORESERVE_MODELS_EXPERIMENTS_MEMORY_METER_H_
#define SCORESERVE_MODELS_EXPERIMENTS_MEMORY_METER_H_

#include <cstdint>
#include <functional>

namespace scoreserve {

// The most bytes of tensors, in main memory, that were there at once while
// `work` ran, above those from before. One caller in a process at a time.
int64_t PeakTensorBytes(const std::function<void()>& work);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_EXPERIMENTS_MEMORY_METER_H_
