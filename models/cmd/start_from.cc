#include "models/cmd/start_from.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "models/status.h"

namespace scoreserve {
namespace {

absl::Status Malformed(const std::string& text) {
  return InvalidField("start-from",
                      "REPOSITORY/MODEL or REPOSITORY/MODEL@VERSION",
                      absl::StrCat("'", text, "'"));
}

absl::StatusOr<int64_t> UsualVersion(const ModelRepository& repository,
                                     const std::string& model) {
  absl::StatusOr<std::vector<int64_t>> versions = repository.Versions(model);
  if (!versions.ok()) return versions.status();
  absl::StatusOr<DesiredState> desired = repository.ReadDesired(model);
  if (!desired.ok()) return desired.status();
  const auto stable = desired->aliases.find("stable");
  if (stable != desired->aliases.end()) return stable->second;
  if (versions->empty()) {
    return InvalidField("start-from", "a model that has a version",
                        absl::StrCat("'", model, "'"));
  }
  return versions->back();
}

}  // namespace

absl::StatusOr<StartVersion> ReadStart(const std::string& text) {
  const size_t slash = text.rfind('/');
  if (slash == std::string::npos || slash == 0) return Malformed(text);
  const ModelRepository repository(text.substr(0, slash));
  std::string model = text.substr(slash + 1);
  int64_t version = 0;
  const size_t at = model.find('@');
  if (at != std::string::npos) {
    if (!absl::SimpleAtoi(model.substr(at + 1), &version) || version < 1) {
      return Malformed(text);
    }
    model.resize(at);
  }
  if (!CheckModelName("start-from", model).ok()) return Malformed(text);
  if (version == 0) {
    absl::StatusOr<int64_t> usual = UsualVersion(repository, model);
    if (!usual.ok()) return usual.status();
    version = *usual;
  }
  absl::StatusOr<ModelFiles> files = repository.Read(model, version);
  if (!files.ok()) return files.status();
  return StartVersion{
      .name = absl::StrCat(repository.root(), "/", model, "@", version),
      .files = *std::move(files)};
}

void UseDataSpace(const DataSpace& space, DataOptions& data) {
  data.shape = space.shape;
  data.offset = space.offset;
  data.scale = space.scale;
  data.min = space.min;
  data.max = space.max;
}

absl::Status CheckClasses(int64_t given, int64_t classes) {
  if (given <= classes) return absl::OkStatus();
  if (classes == 0) {
    return InvalidField("class-column",
                        "absent where start-from is of a model without classes",
                        "given");
  }
  return InvalidField(
      "class-column",
      absl::StrCat("of classes from 0 to ", classes - 1,
                   ", those of the version that start-from names"),
      absl::StrCat(given - 1, " in a row"));
}

}  // namespace scoreserve
