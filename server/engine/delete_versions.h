#ifndef SCORESERVE_SERVER_ENGINE_DELETE_VERSIONS_H_
#define SCORESERVE_SERVER_ENGINE_DELETE_VERSIONS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "models/io/model_repository.h"
#include "server/engine/clock.h"
#include "server/engine/model_registry.h"
#include "server/engine/version_keeper.h"

namespace scoreserve {

struct DeletedVersion {
  std::string model;
  int64_t version = 0;
  absl::Status status;  // Why it is still there, where it is.
};

// Deletes the versions in `repository` that `keeper` lets go at `now`. What
// `served`, this server's own, has behind an alias, and its highest version,
// are kept like those with an alias: they may not be what the desired state
// says, where that cannot be served. A model that cannot be read, or whose
// desired state cannot, keeps all of its own. One that another process has
// deleted, or has given an alias, meanwhile is passed over.
std::vector<DeletedVersion> DeleteExpiredVersions(
    const ModelRepository& repository, const ModelTable& served,
    VersionKeeper& keeper, Instant now);

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_ENGINE_DELETE_VERSIONS_H_
