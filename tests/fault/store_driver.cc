// store_driver FOLDER SEED FIRST CHANGES
//
// Makes changes FIRST … FIRST + CHANGES − 1 of a history (store_history.h) to
// the job store in FOLDER, however they end, and says on standard output what
// was acknowledged, a line each: "open", "ok K", "failed K CODE REASON
// MESSAGE", "closed". Ends with 1 where the store cannot be opened, saying why.

#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "models/status.h"
#include "server/state/sqlite_job_store.h"
#include "tests/support/store_history.h"

namespace {

void Say(const std::string& line) {
  const std::string whole = line + "\n";
  if (::write(STDOUT_FILENO, whole.data(), whole.size()) < 0) std::_Exit(2);
}

std::string Described(const absl::Status& status) {
  const auto reason = scoreserve::ReasonOf(status);
  return absl::StrCat(
      absl::StatusCodeToString(status.code()), " ",
      reason.has_value() ? scoreserve::ReasonName(*reason) : "NONE", " ",
      status.message());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) return 2;
  const uint64_t seed = std::strtoull(argv[2], nullptr, 10);
  const int64_t first = std::atoll(argv[3]), changes = std::atoll(argv[4]);
  {
    const absl::StatusOr<std::unique_ptr<scoreserve::JobStore>> store =
        scoreserve::OpenJobStore(argv[1]);
    if (!store.ok()) {
      Say(absl::StrCat("failed open ", Described(store.status())));
      return 1;
    }
    Say("open");
    for (int64_t k = first; k < first + changes; ++k) {
      const absl::Status made = scoreserve::MakeChange(**store, seed, k);
      Say(made.ok() ? absl::StrCat("ok ", k)
                    : absl::StrCat("failed ", k, " ", Described(made)));
    }
  }
  Say("closed");
  return 0;
}
