#ifndef SCORESERVE_SERVER_ENGINE_CPU_QUOTA_H_
#define SCORESERVE_SERVER_ENGINE_CPU_QUOTA_H_

#include <string>

namespace scoreserve {

// How many processors this process may use: the least quota of its control
// group and the groups above it (version 2, cpu.max; version 1,
// cpu.cfs_quota_us over cpu.cfs_period_us), and no more than the machine has.
// What cannot be read counts as no quota. `root` is where /proc and /sys are
// looked for.
double CpuQuota(const std::string& root = "");

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_ENGINE_CPU_QUOTA_H_
