#ifndef SCORESERVE_CLIENT_CMD_INTERRUPT_H_
#define SCORESERVE_CLIENT_CMD_INTERRUPT_H_

#include <atomic>
#include <csignal>
#include <thread>

#include "scoreserve/cancellation.h"

namespace scoreserve::ctl {

// While it lives, Ctrl-C (SIGINT) and SIGTERM end calls instead of the process.
// To be made before any other thread, so that all of them leave the signals to
// this.
class Interrupt {
 public:
  Interrupt();
  ~Interrupt();

  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  // Of the calls that are to end.
  const Cancellation& cancellation() const { return cancellation_; }

  // The signal that came; 0 where none has.
  int signal() const { return signal_; }

 private:
  void Wait();

  sigset_t signals_, before_;
  const Cancellation cancellation_;
  std::atomic<int> signal_ = 0;
  std::atomic<bool> stop_ = false;
  std::thread waiter_;
};

// Ends the process by `signal`, as if nothing had caught it.
[[noreturn]] void EndBy(int signal);

}  // namespace scoreserve::ctl

#endif  // SCORESERVE_CLIENT_CMD_INTERRUPT_H_
