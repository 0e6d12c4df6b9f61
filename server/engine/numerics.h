#ifndef SCORESERVE_SERVER_ENGINE_NUMERICS_H_
#define SCORESERVE_SERVER_ENGINE_NUMERICS_H_

#include <cstdint>
#include <string>

namespace scoreserve {

// What the last bits of a path depend on beside its request, as one text: the
// version of LibTorch, the processor's maker and the instructions that LibTorch
// uses of it, the threads of a forward pass, the rows of a deterministic one,
// and the type of numbers. Two servers that give the same text give the same
// bits to deterministic runs.
std::string CpuNumerics(int threads, int64_t deterministic_rows);

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_ENGINE_NUMERICS_H_
