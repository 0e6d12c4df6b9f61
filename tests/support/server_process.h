#ifndef SCORESERVE_TESTS_SUPPORT_SERVER_PROCESS_H_
#define SCORESERVE_TESTS_SUPPORT_SERVER_PROCESS_H_

#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <utility>
#include <vector>

extern char** environ;

namespace scoreserve {

// A program that prints a line once it is ready and ends on SIGTERM, run as a
// process of its own.
class ServerProcess {
 public:
  // `words`: the program, by path or to be found in PATH, and its arguments.
  // `settings` come before what the environment has already.
  explicit ServerProcess(
      std::vector<std::string> words,
      const std::map<std::string, std::string>& settings = {}) {
    int ends[2];
    if (::pipe(ends) != 0) std::abort();
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_addclose(&actions, ends[0]);
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    std::vector<std::string> texts;
    for (const auto& [name, value] : settings)
      texts.push_back(name + "=" + value);
    std::vector<char*> environment;
    for (std::string& text : texts) environment.push_back(text.data());
    for (char** entry = environ; *entry != nullptr; ++entry)
      environment.push_back(*entry);
    environment.push_back(nullptr);
    if (::posix_spawnp(&process_, arguments[0], &actions, nullptr,
                       arguments.data(), environment.data()) != 0) {
      std::abort();
    }
    posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    output_ = ::fdopen(ends[0], "r");
  }
  ~ServerProcess() {
    Stop();
    std::fclose(output_);
  }
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  pid_t pid() const { return process_; }  // 0 after its end.

  // The next line that it prints, which is waited for; "" at the end.
  std::string ReadLine() {
    std::string line;
    int c = 0;
    while ((c = std::fgetc(output_)) != EOF && c != '\n')
      line += static_cast<char>(c);
    return line;
  }

  // Tells it to end, waits, and gives its exit code; -1 where it crashed.
  int Stop() { return End(SIGTERM); }

  // SIGKILL, from any thread; the process stays until another call takes its
  // end.
  void Kill() const {
    if (process_ != 0) ::kill(process_, SIGKILL);
  }

  // Waits until it has ended by itself or was killed; else kills it after
  // `patience_ms`. True where SIGKILL ended it in time.
  bool WasKilled(int patience_ms) {
    if (process_ == 0) return killed_;
    const int handle = static_cast<int>(::syscall(SYS_pidfd_open, process_, 0));
    pollfd ended = {.fd = handle, .events = POLLIN, .revents = 0};
    int seen = 0;
    do {
      seen = ::poll(&ended, 1, patience_ms);
    } while (seen < 0 && errno == EINTR);  // We were stopped and went on.
    const bool in_time = seen == 1;
    ::close(handle);
    End(in_time ? 0 : SIGKILL);
    return in_time && killed_;
  }

 private:
  int End(int signal) {
    if (process_ != 0) {
      ::kill(process_, signal);
      int status = 0;
      ::waitpid(std::exchange(process_, 0), &status, 0);
      exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
      killed_ = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
    }
    return exit_code_;
  }

  pid_t process_ = 0;
  FILE* output_ = nullptr;
  int exit_code_ = -1;
  bool killed_ = false;
};

}  // namespace scoreserve

#endif  // SCORESERVE_TESTS_SUPPORT_SERVER_PROCESS_H_
