#ifndef SCORESERVE_CLIENT_CMD_OUTCOME_H_
#define SCORESERVE_CLIENT_CMD_OUTCOME_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace scoreserve::ctl {

// What scorectl exits with; --help lists them.
enum class ExitCode {
  kDone = 0,
  kFailed = 1,       // The server refused the request, or failed.
  kUsage = 2,        // The command line is wrong.
  kUnreachable = 3,  // No server could be reached, or it takes no requests.
  kExpired = 4,      // --timeout passed.
  kFile = 5,         // A file could not be read or written.
};

// The lines of --help about exit codes.
absl::string_view ExitCodeHelp();

// INVALID_ARGUMENT that ends as kUsage.
absl::Status UsageError(absl::string_view message);

// `status`, ending as kFile where it is not OK.
absl::Status FileError(absl::Status status);

// How a command that ended with `status` exits.
ExitCode ExitCodeOf(const absl::Status& status);

// One line for people: the message and what its details add. Requires an error.
std::string ErrorLine(const absl::Status& status);

}  // namespace scoreserve::ctl

#endif  // SCORESERVE_CLIENT_CMD_OUTCOME_H_
