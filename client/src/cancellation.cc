#include "scoreserve/cancellation.h"

#include <algorithm>
#include <memory>

#include "client/src/cancellation_state.h"

namespace scoreserve {
inline namespace client {

void CancellationState::Add(grpc::ClientContext* context) {
  absl::MutexLock lock(&mu_);
  contexts_.push_back(context);
  if (cancelled_) context->TryCancel();
}

void CancellationState::Remove(grpc::ClientContext* context) {
  absl::MutexLock lock(&mu_);
  auto it = std::find(contexts_.begin(), contexts_.end(), context);
  if (it == contexts_.end()) return;
  *it = contexts_.back();
  contexts_.pop_back();
}

void CancellationState::Cancel() {
  absl::MutexLock lock(&mu_);
  cancelled_ = true;
  // Under the lock, so that no context goes away meanwhile. gRPC runs a
  // client's callbacks on threads of its own, never inside TryCancel().
  for (grpc::ClientContext* context : contexts_) context->TryCancel();
}

bool CancellationState::cancelled() {
  absl::MutexLock lock(&mu_);
  return cancelled_;
}

Cancellation::Cancellation() : state_(std::make_shared<CancellationState>()) {}
void Cancellation::Cancel() const { state_->Cancel(); }
bool Cancellation::cancelled() const { return state_->cancelled(); }

}  // namespace client
}  // namespace scoreserve
