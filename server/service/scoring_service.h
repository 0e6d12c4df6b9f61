#ifndef SCORESERVE_SERVER_SERVICE_SCORING_SERVICE_H_
#define SCORESERVE_SERVER_SERVICE_SCORING_SERVICE_H_

#include <grpcpp/impl/service_type.h>

#include <memory>

#include "server/service/backend.h"

namespace scoreserve {

// Scoring: Score and ScoreStream.
std::unique_ptr<grpc::Service> NewScoringService(const Backend& backend);

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_SERVICE_SCORING_SERVICE_H_
