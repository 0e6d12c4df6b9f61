#include "server/engine/job_watchers.h"

#include <utility>

namespace scoreserve {

JobWatchers::Watch JobWatchers::Add(const std::string& name,
                                    std::function<void()> changed) {
  auto watcher = std::make_shared<Watcher>();
  {
    absl::MutexLock lock(&watcher->mu);
    watcher->changed = std::move(changed);
  }
  absl::MutexLock lock(&mu_);
  std::vector<std::weak_ptr<Watcher>>& list = watchers_[name];
  std::erase_if(list, [](const auto& weak) { return weak.expired(); });
  list.push_back(watcher);
  // Whoever is being told holds it too: its end is not yet the end of calls.
  return Watch(watcher.get(), [watcher](void*) {
    absl::MutexLock released(&watcher->mu);
    watcher->changed = nullptr;
  });
}

void JobWatchers::Tell(const std::string& name) {
  std::vector<std::weak_ptr<Watcher>> told;
  {
    absl::MutexLock lock(&mu_);
    const auto found = watchers_.find(name);
    if (found == watchers_.end()) return;
    std::erase_if(found->second,
                  [](const auto& weak) { return weak.expired(); });
    if (found->second.empty()) {
      watchers_.erase(found);
      return;
    }
    told = found->second;
  }
  for (const std::weak_ptr<Watcher>& weak : told) {
    const std::shared_ptr<Watcher> watcher = weak.lock();
    if (watcher == nullptr) continue;
    absl::MutexLock lock(&watcher->mu);
    if (watcher->changed != nullptr) watcher->changed();
  }
}

}  // namespace scoreserve
