#include "models/diagnostics/batch_means.h"

#include <cstdint>

#include "absl/types/span.h"
#include "models/diagnostics/moments.h"

namespace scoreserve {

void BatchMeans::Add(absl::Span<const double> values) {
  if (open_ == 0) {
    // What was there belongs to a batch that was merged.
    means_.resize(full_ * series_);
    deviations_.resize(full_ * series_);
    means_.resize((full_ + 1) * series_, 0.0);
    deviations_.resize((full_ + 1) * series_, 0.0);
  }
  ++open_;
  const double part = 1.0 / static_cast<double>(open_);
  double* mean = means_.data() + full_ * series_;
  double* deviations = deviations_.data() + full_ * series_;
  for (int64_t i = 0; i < series_; ++i) {  // Welford 1962.
    const double before = values[i] - mean[i];
    mean[i] += before * part;
    deviations[i] += before * (values[i] - mean[i]);
  }
  if (open_ < length_) return;
  open_ = 0;
  if (++full_ == kMaxBatches) MergePairs();
}

void BatchMeans::MergePairs() {
  for (int64_t batch = 0; batch < kMaxBatches / 2; ++batch) {
    for (int64_t i = 0; i < series_; ++i) {
      const Moments both =
          Merged(At(i, 2 * batch, length_), At(i, 2 * batch + 1, length_));
      means_[batch * series_ + i] = both.mean;
      deviations_[batch * series_ + i] = both.deviations;
    }
  }
  full_ = kMaxBatches / 2;
  length_ *= 2;
}

Moments BatchMeans::At(int64_t series, int64_t batch, int64_t count) const {
  const int64_t at = batch * series_ + series;
  return {.count = count, .mean = means_[at], .deviations = deviations_[at]};
}

std::vector<Batches> BatchMeans::OfBatches(int64_t series, int64_t number,
                                           int64_t first, int64_t last) const {
  std::vector<Batches> of(number, Batches{.length = length_});
  if (first == last) return of;
  const double part = 1.0 / static_cast<double>(last - first);
  // Batch after batch, as they lie in memory.
  for (int64_t batch = first; batch < last; ++batch) {
    const int64_t at = batch * series_ + series;
    for (int64_t i = 0; i < number; ++i) {
      of[i].means.mean += part * means_[at + i];
      of[i].draws.deviations += deviations_[at + i];
    }
  }
  for (int64_t batch = first; batch < last; ++batch) {
    const int64_t at = batch * series_ + series;
    for (int64_t i = 0; i < number; ++i) {
      const double apart = means_[at + i] - of[i].means.mean;
      of[i].means.deviations += apart * apart;
    }
  }
  for (Batches& batches : of) {
    batches.means.count = last - first;
    batches.draws.count = batches.means.count * length_;
    batches.draws.mean = batches.means.mean;
    batches.draws.deviations +=
        static_cast<double>(length_) * batches.means.deviations;
  }
  return of;
}

Moments BatchMeans::OfOpen(int64_t series) const {
  return open_ == 0 ? Moments() : At(series, full_, open_);
}

}  // namespace scoreserve
