#ifndef SCORESERVE_SERVER_SERVICE_MODELS_SERVICE_H_
#define SCORESERVE_SERVER_SERVICE_MODELS_SERVICE_H_

#include <grpcpp/impl/service_type.h>

#include <memory>

#include "server/service/backend.h"

namespace scoreserve {

// Models: ListModels and GetModel.
std::unique_ptr<grpc::Service> NewModelsService(const Backend& backend);

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_SERVICE_MODELS_SERVICE_H_
