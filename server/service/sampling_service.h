#ifndef SCORESERVE_SERVER_SERVICE_SAMPLING_SERVICE_H_
#define SCORESERVE_SERVER_SERVICE_SAMPLING_SERVICE_H_

#include <grpcpp/impl/service_type.h>

#include <memory>

#include "server/service/backend.h"

namespace scoreserve {

// Sampling: Sample and ListSamplers.
std::unique_ptr<grpc::Service> NewSamplingService(const Backend& backend);

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_SERVICE_SAMPLING_SERVICE_H_
