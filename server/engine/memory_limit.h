#ifndef SCORESERVE_SERVER_ENGINE_MEMORY_LIMIT_H_
#define SCORESERVE_SERVER_ENGINE_MEMORY_LIMIT_H_

#include <string>

namespace scoreserve {

// How many bytes of memory this process may have: the least limit of its
// control group and the groups above it (version 2, memory.max; version 1,
// memory.limit_in_bytes), and no more than the machine has (MemTotal). What
// cannot be read counts as no limit. `root` is where /proc and /sys are looked
// for.
double MemoryLimit(const std::string& root = "");

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_ENGINE_MEMORY_LIMIT_H_
