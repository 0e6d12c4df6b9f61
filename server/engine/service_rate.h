#ifndef SCORESERVE_SERVER_ENGINE_SERVICE_RATE_H_
#define SCORESERVE_SERVER_ENGINE_SERVICE_RATE_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace scoreserve {

// How long passes of one network take, by their size: a moving average for each
// power of two, since a row in a small pass costs many times what it costs in a
// full one. Thread-safe; never blocks. Two that observe at once may lose one of
// their observations.
class ServiceRate {
 public:
  // A pass of that many row-evaluations took so long. Counts as at most four
  // times the average so far: one stall does not close the door.
  void Observe(int64_t row_evaluations, double seconds);

  // What a pass of that size takes, scaled by rows from the nearest size that
  // has been observed; 0 where none has.
  double PassSeconds(int64_t row_evaluations) const;

 private:
  static constexpr size_t kSizes = 24;  // Up to 2^23 rows.

  std::array<std::atomic<double>, kSizes> seconds_per_row_ =
      {};  // 0: none yet.
};

// Those of a snapshot: with and without energies.
struct ServiceRates {
  ServiceRate score, with_energy;

  ServiceRate& Of(bool energies) { return energies ? with_energy : score; }
};

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_ENGINE_SERVICE_RATE_H_
