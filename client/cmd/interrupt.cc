#include "client/cmd/interrupt.h"

#include <pthread.h>

#include <cstdlib>
#include <ctime>

namespace scoreserve::ctl {

Interrupt::Interrupt() {
  sigemptyset(&signals_);
  sigaddset(&signals_, SIGINT);
  sigaddset(&signals_, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals_, &before_);
  waiter_ = std::thread([this] { Wait(); });
}

Interrupt::~Interrupt() {
  stop_ = true;
  waiter_.join();
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

void Interrupt::Wait() {
  const timespec patience = {.tv_sec = 0, .tv_nsec = 50'000'000};
  while (!stop_) {
    const int signal = sigtimedwait(&signals_, nullptr, &patience);
    if (signal <= 0) continue;
    signal_ = signal;
    cancellation_.Cancel();
    return;  // A second one ends the process, once the first has ended calls.
  }
}

void EndBy(int signal) {
  std::signal(signal, SIG_DFL);
  std::raise(signal);
  std::abort();
}

}  // namespace scoreserve::ctl
