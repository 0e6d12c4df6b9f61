#ifndef SCORESERVE_SERVER_ENGINE_WORKER_H_
#define SCORESERVE_SERVER_ENGINE_WORKER_H_

#include <functional>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "server/engine/inbox.h"

namespace scoreserve {

// One background thread, for what waits for the disk: neither a device's
// thread nor one of the RPCs may. Thread-safe.
class Worker {
 public:
  Worker() : thread_([this] { Run(); }) {}

  // As Stop().
  ~Worker() { Stop(); }

  // Has `task` run after all that were posted before. Once Stop() was called it
  // is dropped, and destroyed, unrun.
  void Post(std::function<void()> task) {
    inbox_.Offer(std::move(task)).IgnoreError();
  }

  // Runs what has been posted and ends the thread. Not from a task.
  void Stop() {
    inbox_.Close();
    if (thread_.joinable()) thread_.join();
  }

 private:
  void Run() {
    std::vector<std::function<void()>> tasks;
    while (!inbox_.finished()) {
      inbox_.TakeAll(absl::InfiniteDuration(), tasks);
      for (std::function<void()>& task : tasks) {
        task();
        task = nullptr;  // What it holds is let go here, in order.
      }
    }
  }

  Inbox<std::function<void()>> inbox_;
  std::thread thread_;
};

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_ENGINE_WORKER_H_
