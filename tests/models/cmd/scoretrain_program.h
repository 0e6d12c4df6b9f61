// Runs scoretrain: the program itself, or its training command in this process,
// which is quicker.

#ifndef SCORESERVE_TESTS_MODELS_CMD_SCORETRAIN_PROGRAM_H_
#define SCORESERVE_TESTS_MODELS_CMD_SCORETRAIN_PROGRAM_H_

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <fstream>
#include <functional>
#include <sstream>
#include <string>

#include "CLI/App.hpp"
#include "CLI/Config.hpp"
#include "CLI/Formatter.hpp"
#include "gtest/gtest.h"
#include "models/cmd/arguments.h"
#include "models/cmd/train.h"

namespace scoreserve {

struct Result {
  int exit_code;  // −1 where a signal ended it.
  std::string output;
};

// The program with `arguments` of a shell; its output is that of `streams`,
// both unless told otherwise.
inline Result Scoretrain(const std::string& arguments,
                         const std::string& streams = "2>&1") {
  const std::string command =
      std::string("'" SCORESERVE_SCORETRAIN "' ") + arguments + " " + streams;
  std::FILE* pipe = ::popen(command.c_str(), "r");
  Result result;
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) {
    result.output += static_cast<char>(c);
  }
  const int status = ::pclose(pipe);
  result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return result;
}

// The program, sent `signal` once `ready` says so, which is asked each time
// that something comes on stderr; its output is stderr.
inline Result ScoretrainUntil(const std::string& arguments, int signal,
                              const std::function<bool()>& ready) {
  const std::string command = "exec '" SCORESERVE_SCORETRAIN "' " + arguments;
  int stream[2];
  if (::pipe(stream) != 0) std::abort();
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(stream[1], STDERR_FILENO);
    ::close(stream[0]);
    ::execl("/bin/sh", "sh", "-c", command.c_str(), nullptr);
    ::_exit(127);
  }
  ::close(stream[1]);
  Result result;
  bool sent = false;
  std::string part(1 << 16, '\0');
  for (ssize_t got; (got = ::read(stream[0], part.data(), part.size())) > 0;) {
    result.output.append(part, 0, static_cast<size_t>(got));
    if (!sent && ready()) sent = ::kill(child, signal) == 0;
  }
  ::close(stream[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  EXPECT_TRUE(sent);
  return result;
}

// The training command in this process; its output is stderr.
inline Result TrainInProcess(const std::string& arguments, bool stop = false) {
  CLI::App app;
  app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  TrainCommand train;
  train.AddTo(app);
  app.parse(arguments, /*program_name_included=*/false);
  const std::atomic<bool> stopped = stop;
  ::testing::internal::CaptureStderr();
  ::testing::internal::CaptureStdout();
  const absl::Status status = train.Run(stopped);
  Result result = {.exit_code = status.ok() ? 0 : Report(status), .output = {}};
  ::testing::internal::GetCapturedStdout();
  result.output = ::testing::internal::GetCapturedStderr();
  return result;
}

// The bytes of a file; empty where there is none.
inline std::string Contents(const std::string& path) {
  std::ostringstream bytes;
  bytes << std::ifstream(path, std::ios::binary).rdbuf();
  return bytes.str();
}

}  // namespace scoreserve

#endif  // SCORESERVE_TESTS_MODELS_CMD_SCORETRAIN_PROGRAM_H_
