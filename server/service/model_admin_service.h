#ifndef SCORESERVE_SERVER_SERVICE_MODEL_ADMIN_SERVICE_H_
#define SCORESERVE_SERVER_SERVICE_MODEL_ADMIN_SERVICE_H_

#include <grpcpp/impl/service_type.h>

#include <memory>

#include "server/service/backend.h"

namespace scoreserve {

// ModelAdmin: UpdateModel and DownloadVersion. Needs the backend's repository
// and worker.
std::unique_ptr<grpc::Service> NewModelAdminService(const Backend& backend);

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_SERVICE_MODEL_ADMIN_SERVICE_H_
