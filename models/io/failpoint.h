// Named moments at which a test can have the process killed, to see what is on
// the disk then. A build without SCORESERVE_FAILPOINTS has none.

#ifndef SCORESERVE_MODELS_IO_FAILPOINT_H_
#define SCORESERVE_MODELS_IO_FAILPOINT_H_

#include "absl/strings/string_view.h"

namespace scoreserve {

#ifdef SCORESERVE_FAILPOINTS

// Kills the process (SIGKILL) where the environment says so, as it was when the
// first of these was reached; thread-safe:
//
//   SCORESERVE_FAILPOINT="name"      the first time that `name` is reached
//   SCORESERVE_FAILPOINT="name:n"    the n-th time, from 1
//   SCORESERVE_FAILPOINT_LIST=file   appends the name of each that is reached,
//                                    one a line
void Failpoint(absl::string_view name);

#else

inline void Failpoint(absl::string_view) {}

#endif

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_IO_FAILPOINT_H_
