#ifndef SCORESERVE_TESTS_SUPPORT_CHILD_PROGRAM_H_
#define SCORESERVE_TESTS_SUPPORT_CHILD_PROGRAM_H_

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace scoreserve {

// A program to be run to its end, or until it is killed.
struct ChildProgram {
  std::vector<std::string> words;                  // Its path and arguments.
  std::map<std::string, std::string> environment;  // All of it.
  // Killed this long after it printed so many lines; never where that is
  // negative.
  int64_t kill_after_lines = -1;
  std::chrono::microseconds kill_after{0};
};

struct ChildResult {
  std::vector<std::string> lines;  // Whole ones, of its standard output.
  bool killed = false;             // By SIGKILL.
  int exit_code = -1;              // Where it ended by itself.
};

inline ChildResult RunToEnd(ChildProgram program) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) std::abort();
  // A sanitizer's library need not come before those that are preloaded.
  program.environment["ASAN_OPTIONS"] = "verify_asan_link_order=0";
  // All made before fork(): the child of a process with threads may not
  // allocate.
  std::vector<std::string> settings;
  for (const auto& [name, value] : program.environment)
    settings.push_back(name + "=" + value);
  const auto pointers = [](std::vector<std::string>& texts) {
    std::vector<char*> result;
    for (std::string& text : texts) result.push_back(text.data());
    result.push_back(nullptr);
    return result;
  };
  const std::vector<char*> arguments = pointers(program.words);
  const std::vector<char*> environment = pointers(settings);
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(ends[1], STDOUT_FILENO);
    ::execve(arguments[0], arguments.data(), environment.data());
    ::_exit(127);
  }
  ::close(ends[1]);
  ChildResult result;
  std::FILE* output = ::fdopen(ends[0], "r");
  std::string line;
  for (int c = 0; (c = std::fgetc(output)) != EOF;) {
    if (c != '\n') {
      line.push_back(static_cast<char>(c));
      continue;
    }
    result.lines.push_back(std::exchange(line, ""));
    if (static_cast<int64_t>(result.lines.size()) == program.kill_after_lines) {
      std::this_thread::sleep_for(program.kill_after);  // A moment, not a wait.
      ::kill(child, SIGKILL);
    }
  }
  std::fclose(output);
  int status = 0;
  ::waitpid(child, &status, 0);
  result.killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
  if (WIFEXITED(status)) result.exit_code = WEXITSTATUS(status);
  return result;
}

// The environment in which power_cut_preload watches `folder`.
inline std::map<std::string, std::string> PowerCutEnvironment(
    const std::string& preload, const std::string& folder,
    const std::string& shadow) {
  return {{"LD_PRELOAD", preload},
          {"SCORESERVE_POWER_FOLDER", folder},
          {"SCORESERVE_POWER_SHADOW", shadow}};
}

}  // namespace scoreserve

#endif  // SCORESERVE_TESTS_SUPPORT_CHILD_PROGRAM_H_
