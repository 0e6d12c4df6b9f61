#ifndef SCORESERVE_MODELS_DIAGNOSTICS_BATCH_MEANS_H_
#define SCORESERVE_MODELS_DIAGNOSTICS_BATCH_MEANS_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "models/diagnostics/moments.h"

namespace scoreserve {

// What long series of numbers were, in batches of consecutive values: 16 to 31
// full ones once there are 16, and one that is being filled, whatever the
// length. When 32 are full, each takes in its neighbour and all are twice as
// long from then on, so a series takes 512 bytes at most. Several series are
// kept side by side that get their values together. Thread-compatible.
class BatchMeans {
 public:
  static constexpr int64_t kMaxBatches = 32;

  explicit BatchMeans(int64_t series) : series_(series) {}

  // The next value of each series.
  void Add(absl::Span<const double> values);

  // Values of each series so far; the full batches that they lie in, and the
  // length of those, a power of two. Batches are counted from the oldest.
  int64_t count() const { return full_ * length_ + open_; }
  int64_t batches() const { return full_; }
  int64_t batch_length() const { return length_; }

  // Full batches first, …, last − 1 of `number` series from `series` on; the
  // values of one behind its full batches.
  std::vector<Batches> OfBatches(int64_t series, int64_t number, int64_t first,
                                 int64_t last) const;
  Moments OfOpen(int64_t series) const;

 private:
  Moments At(int64_t series, int64_t batch, int64_t count) const;
  void MergePairs();

  const int64_t series_;
  int64_t full_ = 0;
  int64_t length_ = 1;
  int64_t open_ = 0;  // Values in the batch behind the full ones.
  // [batch][series]: means, and sums of squared deviations. Grown as batches
  // begin.
  std::vector<double> means_, deviations_;
};

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_DIAGNOSTICS_BATCH_MEANS_H_
