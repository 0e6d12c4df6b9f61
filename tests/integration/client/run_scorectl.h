// The program scorectl, as a person runs it.

#ifndef SCORESERVE_TESTS_INTEGRATION_CLIENT_RUN_SCORECTL_H_
#define SCORESERVE_TESTS_INTEGRATION_CLIENT_RUN_SCORECTL_H_

#include <sys/wait.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/support/temp_folder.h"

namespace scoreserve {

struct Ran {
  int status = -1;  // As wait() gives it.
  int exit_code = -1;
  std::string out, err;
};

// Runs `scorectl arguments` in `folder`, through a shell, against the server at
// `address`, with `input` as standard input and `before` in front.
inline Ran RunScorectl(const TempFolder& folder, const std::string& address,
                       const std::string& arguments,
                       const std::string& input = "",
                       const std::string& before = "") {
  std::ofstream(folder / "in") << input;
  const auto read = [&](const std::string& name) {
    std::stringstream text;
    text << std::ifstream(folder / name).rdbuf();
    return text.str();
  };
  const int status = std::system(
      absl::StrCat("cd ", folder.path(), " && SCORESERVE_SERVER=", address, " ",
                   before, " ", SCORESERVE_SCORECTL, " ", arguments,
                   " < in > out 2> err")
          .c_str());
  return {.status = status,
          .exit_code = WEXITSTATUS(status),
          .out = read("out"),
          .err = read("err")};
}

}  // namespace scoreserve

#endif  // SCORESERVE_TESTS_INTEGRATION_CLIENT_RUN_SCORECTL_H_
