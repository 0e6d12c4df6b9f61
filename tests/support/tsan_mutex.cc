// Tells ThreadSanitizer what absl::Mutex and absl::Notification order. Debian
// builds Abseil without it, so locks taken inside that library are invisible
// and everything they guard looks like a race; suppressing the library would
// hide the real ones as well.
//
// Linked with -Wl,--wrap=NAME for each NAME below (tests/CMakeLists.txt): calls
// of NAME reach Wrap…, which calls Real…. A method that is used but not listed
// shows itself as a report about what it guards.
//
// While the real function runs the sanitizer ignores this thread: Abseil's
// Unlock() and Await() evaluate Conditions, other threads' too, under a lock
// whose release has been told already.

#include <sanitizer/tsan_interface.h>

#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"

// Debian's inline namespace is part of the names.
#define ABSL_METHOD(how, name) __asm__("__" #how "__ZN4absl7debian3" name)
#define ABSL_CONST_METHOD(how, name) \
  __asm__("__" #how "__ZNK4absl7debian3" name)

namespace scoreserve {
namespace {

using absl::Condition;
using absl::Duration;
using absl::Mutex;
using absl::Notification;

constexpr unsigned kPlain = 0;
constexpr int kNoRecursion = 0;

}  // namespace

void RealLock(Mutex* mu) ABSL_METHOD(real, "5Mutex4LockEv");
void WrapLock(Mutex* mu) ABSL_METHOD(wrap, "5Mutex4LockEv");
void WrapLock(Mutex* mu) {
  __tsan_mutex_pre_lock(mu, kPlain);
  RealLock(mu);
  __tsan_mutex_post_lock(mu, kPlain, kNoRecursion);
}

void RealUnlock(Mutex* mu) ABSL_METHOD(real, "5Mutex6UnlockEv");
void WrapUnlock(Mutex* mu) ABSL_METHOD(wrap, "5Mutex6UnlockEv");
void WrapUnlock(Mutex* mu) {
  __tsan_mutex_pre_unlock(mu, kPlain);
  RealUnlock(mu);
  __tsan_mutex_post_unlock(mu, kPlain);
}

// The lock is let go and taken again.
template <typename Wait>
auto AwaitWith(Mutex* mu, Wait&& wait) {
  __tsan_mutex_pre_unlock(mu, kPlain);
  __tsan_mutex_post_unlock(mu, kPlain);
  __tsan_mutex_pre_lock(mu, kPlain);
  const bool holds = wait();
  __tsan_mutex_post_lock(mu, kPlain, kNoRecursion);
  return holds;
}

bool RealAwaitFor(Mutex* mu, const Condition& condition, Duration patience)
    ABSL_METHOD(real,
                "5Mutex16AwaitWithTimeoutERKNS0_9ConditionENS0_8DurationE");
bool WrapAwaitFor(Mutex* mu, const Condition& condition, Duration patience)
    ABSL_METHOD(wrap,
                "5Mutex16AwaitWithTimeoutERKNS0_9ConditionENS0_8DurationE");
bool WrapAwaitFor(Mutex* mu, const Condition& condition, Duration patience) {
  return AwaitWith(mu, [&] { return RealAwaitFor(mu, condition, patience); });
}

void RealAwait(Mutex* mu, const Condition& condition)
    ABSL_METHOD(real, "5Mutex5AwaitERKNS0_9ConditionE");
void WrapAwait(Mutex* mu, const Condition& condition)
    ABSL_METHOD(wrap, "5Mutex5AwaitERKNS0_9ConditionE");
void WrapAwait(Mutex* mu, const Condition& condition) {
  AwaitWith(mu, [&] {
    RealAwait(mu, condition);
    return true;
  });
}

void RealNotify(Notification* event)
    ABSL_METHOD(real, "12Notification6NotifyEv");
void WrapNotify(Notification* event)
    ABSL_METHOD(wrap, "12Notification6NotifyEv");
void WrapNotify(Notification* event) {
  __tsan_release(event);
  RealNotify(event);
}

void RealWait(const Notification* event)
    ABSL_CONST_METHOD(real, "12Notification19WaitForNotificationEv");
void WrapWait(const Notification* event)
    ABSL_CONST_METHOD(wrap, "12Notification19WaitForNotificationEv");
void WrapWait(const Notification* event) {
  RealWait(event);
  __tsan_acquire(const_cast<Notification*>(event));
}

bool RealWaitFor(const Notification* event, Duration patience)
    ABSL_CONST_METHOD(
        real, "12Notification30WaitForNotificationWithTimeoutENS0_8DurationE");
bool WrapWaitFor(const Notification* event, Duration patience)
    ABSL_CONST_METHOD(
        wrap, "12Notification30WaitForNotificationWithTimeoutENS0_8DurationE");
bool WrapWaitFor(const Notification* event, Duration patience) {
  const bool notified = RealWaitFor(event, patience);
  if (notified) __tsan_acquire(const_cast<Notification*>(event));
  return notified;
}

}  // namespace scoreserve
