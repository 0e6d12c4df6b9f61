#include "server/engine/quanta.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <utility>

namespace scoreserve {

void Quanta::Add(std::shared_ptr<QuantumTask> task) {
  const Instant now = clock_->Now();
  double least = std::numeric_limits<double>::infinity();
  for (Entry& entry : tasks_) {
    if (entry.task == task) {
      entry.next = now;
      return;
    }
    least = std::min(least, entry.seconds);
  }
  // Who comes later has no claim to the time before.
  tasks_.push_back({.task = std::move(task),
                    .next = now,
                    .seconds = tasks_.empty() ? 0.0 : least});
}

Instant Quanta::NextAt(Instant now) const {
  Instant next = Instant::max();
  for (const Entry& entry : tasks_) next = std::min(next, entry.next);
  return next == Instant::max() ? next : std::max(next, share_.DueAt(now));
}

Quanta::Entry* Quanta::Next(Instant now) {
  Entry* least = nullptr;
  for (Entry& entry : tasks_) {
    if (entry.next > now) continue;
    if (least == nullptr || entry.seconds < least->seconds) least = &entry;
  }
  return least;
}

bool Quanta::Run(Device& device, absl::FunctionRef<bool()> wanted) {
  if (tasks_.empty()) return false;
  const Instant begun = clock_->Now();
  Instant now = begun;
  if (share_.DueAt(now) > now) return false;
  const bool loaded = wanted();
  device.Prepare();
  while (Entry* entry = Next(now)) {
    // A piece that would end too late belongs to the next quantum.
    if (now > begun &&
        SecondsBetween(begun, now) + entry->longest > kQuantumSeconds) {
      break;
    }
    entry->next = entry->task->RunPiece(device);
    const Instant ended = clock_->Now();
    const double seconds = SecondsBetween(now, ended);
    entry->seconds += seconds;
    // One that was held up by something else is forgotten in time.
    entry->longest = std::max(0.9 * entry->longest, seconds);
    share_.Trained(ended, seconds);
    now = ended;
    if (share_.Spent(now) || (!loaded && wanted())) break;
  }
  std::erase_if(
      tasks_, [](const Entry& entry) { return entry.next == Instant::max(); });
  if (now == begun) return false;
  metrics_->SawQuantum(SecondsBetween(begun, now));
  return true;
}

}  // namespace scoreserve
