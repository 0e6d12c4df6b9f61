#ifndef SCORESERVE_SERVER_ENGINE_WARM_PASSES_H_
#define SCORESERVE_SERVER_ENGINE_WARM_PASSES_H_

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "server/engine/pass.h"

namespace scoreserve {

// The passes of a version for which its device has captured what it does, made
// before the version was published: its lanes begin with them. So a graph
// belongs to the snapshot whose weights it reads. Thread-safe.
class WarmPasses {
 public:
  void Put(std::unique_ptr<Pass> pass) ABSL_LOCKS_EXCLUDED(mu_) {
    const absl::MutexLock lock(&mu_);
    passes_.push_back(std::move(pass));
  }

  // Null where there is none with energies, or without.
  std::unique_ptr<Pass> Take(bool energies) ABSL_LOCKS_EXCLUDED(mu_) {
    const absl::MutexLock lock(&mu_);
    const auto found = std::find_if(
        passes_.begin(), passes_.end(),
        [energies](const auto& pass) { return pass->energies == energies; });
    if (found == passes_.end()) return nullptr;
    std::unique_ptr<Pass> pass = std::move(*found);
    passes_.erase(found);
    return pass;
  }

 private:
  absl::Mutex mu_;
  std::vector<std::unique_ptr<Pass>> passes_ ABSL_GUARDED_BY(mu_);
};

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_ENGINE_WARM_PASSES_H_
