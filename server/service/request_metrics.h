#ifndef SCORESERVE_SERVER_SERVICE_REQUEST_METRICS_H_
#define SCORESERVE_SERVER_SERVICE_REQUEST_METRICS_H_

#include <cstdint>
#include <map>
#include <string>
#include <tuple>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"

namespace scoreserve {

// Counts requests by model, method and code. Thread-safe.
class RequestMetrics {
 public:
  using Key = std::tuple<std::string, std::string, absl::StatusCode>;

  // `model` must be one that the server knows, or "unknown": names that callers
  // make up must not grow the number of series.
  void Count(absl::string_view model, absl::string_view method,
             absl::StatusCode code) ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    ++counts_[Key(model, method, code)];
  }

  std::map<Key, int64_t> Snapshot() const ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    return counts_;
  }

 private:
  mutable absl::Mutex mu_;
  std::map<Key, int64_t> counts_ ABSL_GUARDED_BY(mu_);
};

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_SERVICE_REQUEST_METRICS_H_
