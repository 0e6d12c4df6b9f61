#if defined(__x86_64__)

#include "models/samplers/kernel_inl.h"

namespace scoreserve {

extern const Kernel kAvx2Kernel;
const Kernel kAvx2Kernel = {"avx2", Normals, Update};

}  // namespace scoreserve

#endif
