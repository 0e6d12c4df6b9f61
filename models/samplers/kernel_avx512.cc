#if defined(__x86_64__)

#include "models/samplers/kernel_inl.h"

namespace scoreserve {

extern const Kernel kAvx512Kernel;
const Kernel kAvx512Kernel = {"avx512", Normals, Update};

}  // namespace scoreserve

#endif
