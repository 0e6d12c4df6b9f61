#include "tests/bench/start_case.h"

#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "tests/bench/machine.h"

extern char** environ;

namespace scoreserve::bench {
namespace {

double OneStart() {
  int pipe_ends[2];
  if (pipe(pipe_ends) != 0) std::abort();
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, pipe_ends[1], STDOUT_FILENO);
  posix_spawn_file_actions_addclose(&actions, pipe_ends[0]);
  std::vector<std::string> words = {SCORESERVE_BINARY, "--repository",
                                    SCORESERVE_ZOO, "--port", "0"};
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);

  const auto start = SteadyClock::now();
  pid_t server = 0;
  if (posix_spawn(&server, SCORESERVE_BINARY, &actions, nullptr,
                  arguments.data(), environ) != 0) {
    std::abort();
  }
  close(pipe_ends[1]);
  FILE* output = fdopen(pipe_ends[0], "r");
  char line[256];
  const bool ready = std::fgets(line, sizeof line, output) != nullptr;
  const double seconds = SecondsSince(start);
  kill(server, SIGTERM);
  waitpid(server, nullptr, 0);
  std::fclose(output);
  posix_spawn_file_actions_destroy(&actions);
  if (!ready) std::abort();
  return seconds;
}

}  // namespace

std::vector<Figure> StartTime() {
  OneStart();  // Warms the page cache.
  std::vector<double> seconds;
  for (int i = 0; i < 5; ++i) seconds.push_back(OneStart());
  return {{.name = "start with the zoo until ready",
           .value = Median(seconds),
           .unit = "s",
           .reference = "",
           .ratio = {},
           .at_least = {},
           .at_most = 2.0}};
}

}  // namespace scoreserve::bench
