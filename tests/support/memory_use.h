#ifndef SCORESERVE_TESTS_SUPPORT_MEMORY_USE_H_
#define SCORESERVE_TESTS_SUPPORT_MEMORY_USE_H_

#include <malloc.h>
#include <unistd.h>

#include <cstdint>
#include <fstream>

namespace scoreserve {

inline constexpr int64_t kKiB = 1024;
inline constexpr int64_t kMiB = 1024 * kKiB;

// Bytes of this process: what it has allocated, which needs the environment
// GLIBC_TUNABLES=glibc.malloc.tcache_count=0 to be exact, and what is resident.
struct MemoryUse {
  int64_t allocated = 0;
  int64_t resident = 0;
};

inline MemoryUse MemoryUseNow() {
  const struct mallinfo2 heap = mallinfo2();
  int64_t pages = 0, resident_pages = 0;
  std::ifstream("/proc/self/statm") >> pages >> resident_pages;
  return {.allocated = static_cast<int64_t>(heap.uordblks + heap.hblkhd),
          .resident = resident_pages * sysconf(_SC_PAGESIZE)};
}

}  // namespace scoreserve

#endif  // SCORESERVE_TESTS_SUPPORT_MEMORY_USE_H_
