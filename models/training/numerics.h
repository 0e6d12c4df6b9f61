#ifndef SCORESERVE_MODELS_TRAINING_NUMERICS_H_
#define SCORESERVE_MODELS_TRAINING_NUMERICS_H_

#include <string>

namespace scoreserve {

// What the last bits of LibTorch's results depend on beside their arguments and
// the number of threads, as one text: its version, the processor's maker and
// the instructions that are used of it.
std::string ProcessorNumerics();

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_TRAINING_NUMERICS_H_
