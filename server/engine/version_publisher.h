// How a job's weights become what is served.

#ifndef SCORESERVE_SERVER_ENGINE_VERSION_PUBLISHER_H_
#define SCORESERVE_SERVER_ENGINE_VERSION_PUBLISHER_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "models/io/model_repository.h"
#include "server/engine/fine_tune.h"
#include "server/engine/model_registry.h"

namespace scoreserve {

// Versions and aliases on the disk and in the registry at once. Waits for the
// disk. Thread-safe: it has no state but what it points at.
class VersionPublisher {
 public:
  // Neither is owned; both outlive this.
  VersionPublisher(const ModelRepository* repository, ModelRegistry* registry)
      : repository_(repository), registry_(registry) {}

  // Sets the alias to `version` where it is not set, so that no version is
  // served only because it is the newest. As ModelRepository::UpdateDesired().
  absl::Status Pin(const std::string& model, const std::string& alias,
                   int64_t version) const;

  // Writes the next version; nobody is served it yet. `job` and what the gate
  // found go into its provenance, and into fine_tune.json beside it.
  // RESOURCE_EXHAUSTED, with the sizes, where no device here has the room that
  // the version takes which it was compared with; else as
  // ModelRepository::Write().
  absl::StatusOr<int64_t> Write(const std::string& job,
                                const std::string& model, ModelFiles files,
                                const FineTuneComparison& comparison) const;

  // Moves the alias from one version to another, which are served at once.
  // ABORTED, GENERATION_CHANGED, where it is at neither: someone else moved it.
  absl::Status Move(const std::string& model, const std::string& alias,
                    int64_t from, int64_t to) const;

 private:
  const ModelRepository* const repository_;
  ModelRegistry* const registry_;
};

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_ENGINE_VERSION_PUBLISHER_H_
