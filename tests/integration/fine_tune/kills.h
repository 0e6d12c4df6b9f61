// Histories whose servers die in a certain way.

#ifndef SCORESERVE_TESTS_INTEGRATION_FINE_TUNE_KILLS_H_
#define SCORESERVE_TESTS_INTEGRATION_FINE_TUNE_KILLS_H_

#include <cstdint>
#include <string>
#include <vector>

namespace scoreserve {

// So many deaths at moments of `seed`.
void KillAtRandomMoments(uint64_t seed, int times, bool power_cut);

// Deaths at the n-th time that each name is reached, for each n of `counts`; of
// all names that a life reaches where `names` is empty. Each has to be reached
// the first time.
void KillAtFailpoints(std::vector<std::string> names,
                      const std::vector<int>& counts, bool power_cut);

}  // namespace scoreserve

#endif  // SCORESERVE_TESTS_INTEGRATION_FINE_TUNE_KILLS_H_
