#ifndef SCORESERVE_SERVER_SERVICE_MODEL_UPDATE_H_
#define SCORESERVE_SERVER_SERVICE_MODEL_UPDATE_H_

#include "absl/status/status.h"
#include "scoreserve/v1/model_admin.pb.h"
#include "server/service/backend.h"

namespace scoreserve {

// OK where every field keeps its rule; INVALID_ARGUMENT naming the one that
// does not.
absl::Status CheckUpdate(const v1::UpdateModelRequest& request);

// Does what `request` asks, which CheckUpdate() has found good: see
// ModelAdmin.UpdateModel. Waits for the disk. When it returns OK, the registry
// knows of the change. Tells backend.rolled_back where an alias was moved to a
// lower version than it stood for.
absl::Status UpdateModel(const Backend& backend,
                         const v1::UpdateModelRequest& request);

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_SERVICE_MODEL_UPDATE_H_
