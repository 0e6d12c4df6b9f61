#ifndef SCORESERVE_SERVER_ENGINE_JOB_WATCHERS_H_
#define SCORESERVE_SERVER_ENGINE_JOB_WATCHERS_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace scoreserve {

// Who is to be told of what changes, by name of what they watch. Thread-safe.
class JobWatchers {
 public:
  // Told until it is let go; a call that runs then is waited for, so a callback
  // must not let go of its own.
  using Watch = std::shared_ptr<void>;

  Watch Add(const std::string& name, std::function<void()> changed)
      ABSL_LOCKS_EXCLUDED(mu_);

  void Tell(const std::string& name) ABSL_LOCKS_EXCLUDED(mu_);

 private:
  struct Watcher {
    absl::Mutex mu;
    std::function<void()> changed ABSL_GUARDED_BY(mu);  // Empty: let go.
  };

  absl::Mutex mu_;
  std::map<std::string, std::vector<std::weak_ptr<Watcher>>> watchers_
      ABSL_GUARDED_BY(mu_);
};

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_ENGINE_JOB_WATCHERS_H_
