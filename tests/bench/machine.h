#ifndef SCORESERVE_TESTS_BENCH_MACHINE_H_
#define SCORESERVE_TESTS_BENCH_MACHINE_H_

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <string>

namespace scoreserve::bench {

using SteadyClock = std::chrono::steady_clock;

inline double SecondsSince(SteadyClock::time_point start) {
  return std::chrono::duration<double>(SteadyClock::now() - start).count();
}

// The processor time that other processes took while this object lives: what
// makes a run on a shared machine not valid.
class OthersCpu {
 public:
  OthersCpu()
      : machine_(MachineSeconds()),
        own_(OwnSeconds()),
        start_(SteadyClock::now()) {}

  // Cores, on average since the start.
  double Cores() const {
    const double others = (MachineSeconds() - machine_) - (OwnSeconds() - own_);
    return std::max(0.0, others) / SecondsSince(start_);
  }

 private:
  // All but idle and waiting for I/O, of all processors.
  static double MachineSeconds() {
    std::ifstream stat("/proc/stat");
    std::string cpu;
    double user = 0, nice = 0, system = 0, idle = 0, wait = 0, irq = 0,
           soft = 0, steal = 0;
    stat >> cpu >> user >> nice >> system >> idle >> wait >> irq >> soft >>
        steal;
    return (user + nice + system + irq + soft + steal) /
           static_cast<double>(sysconf(_SC_CLK_TCK));
  }

  // With the programs that it started and has waited for.
  static double OwnSeconds() {
    return UsageOf(RUSAGE_SELF) + UsageOf(RUSAGE_CHILDREN);
  }

  static double UsageOf(int who) {
    rusage usage{};
    getrusage(who, &usage);
    const auto seconds = [](const timeval& t) {
      return static_cast<double>(t.tv_sec) +
             1e-6 * static_cast<double>(t.tv_usec);
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
  }

  const double machine_, own_;
  const SteadyClock::time_point start_;
};

}  // namespace scoreserve::bench

#endif  // SCORESERVE_TESTS_BENCH_MACHINE_H_
