#include "models/samplers/kernel_inl.h"

namespace scoreserve {

extern const Kernel kBaselineKernel;
const Kernel kBaselineKernel = {"baseline", Normals, Update};

}  // namespace scoreserve
