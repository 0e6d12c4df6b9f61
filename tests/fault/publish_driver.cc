// publish_driver FOLDER VERSIONS
//
// Publishes so many versions in FOLDER, and after each replaces its
// desired.json. What was acknowledged it says on standard output, a line each:
// "version K", "desired K".

#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <string>

#include "absl/strings/str_cat.h"
#include "models/io/files.h"
#include "models/io/publish.h"
#include "tests/fault/published.h"

namespace {

void Say(const std::string& line) {
  const std::string whole = line + "\n";
  if (::write(STDOUT_FILENO, whole.data(), whole.size()) < 0) std::_Exit(2);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const std::string folder = argv[1];
  for (int64_t k = 1; k <= std::atoll(argv[2]); ++k) {
    const auto version =
        scoreserve::PublishVersion(folder, scoreserve::PublishedFiles(k));
    if (!version.ok() || *version != k) return 1;
    Say(absl::StrCat("version ", k));
    if (!scoreserve::ReplaceFileSynced(folder + "/desired.json",
                                       scoreserve::DesiredText(k))
             .ok()) {
      return 1;
    }
    Say(absl::StrCat("desired ", k));
  }
  return 0;
}
