#include "client/cmd/outcome.h"

#include <string>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/time.h"
#include "scoreserve/errors.h"

namespace scoreserve::ctl {
namespace {

// Payload key of errors that did not come from a call.
constexpr char kOrigin[] = "scorectl/origin";

absl::Status WithOrigin(absl::Status status, absl::string_view origin) {
  if (!status.ok()) status.SetPayload(kOrigin, absl::Cord(origin));
  return status;
}

}  // namespace

absl::string_view ExitCodeHelp() {
  return "Exit codes: 0 done; 1 the server refused the request or failed;\n"
         "2 the command line is wrong; 3 no server could be reached, or it "
         "takes\n"
         "no requests now; 4 --timeout passed; 5 a file could not be read or\n"
         "written.";
}

absl::Status UsageError(absl::string_view message) {
  return WithOrigin(absl::InvalidArgumentError(message), "usage");
}

absl::Status FileError(absl::Status status) {
  return WithOrigin(std::move(status), "file");
}

ExitCode ExitCodeOf(const absl::Status& status) {
  if (status.ok()) return ExitCode::kDone;
  if (const auto origin = status.GetPayload(kOrigin)) {
    return *origin == "usage" ? ExitCode::kUsage : ExitCode::kFile;
  }
  if (absl::IsUnavailable(status)) return ExitCode::kUnreachable;
  if (absl::IsDeadlineExceeded(status)) return ExitCode::kExpired;
  return ExitCode::kFailed;
}

std::string ErrorLine(const absl::Status& status) {
  std::string line = absl::StrReplaceAll(status.message(), {{"\n", " "}});
  const ErrorDetails details = DetailsOf(status);
  if (!details.reason.empty())
    absl::StrAppend(&line, " [", details.reason, "]");
  if (details.retry_after.has_value()) {
    absl::StrAppend(&line, "; retry after ",
                    absl::FormatDuration(*details.retry_after));
  }
  return line;
}

}  // namespace scoreserve::ctl
