#ifndef SCORESERVE_SERVER_SERVICE_FINE_TUNING_SERVICE_H_
#define SCORESERVE_SERVER_SERVICE_FINE_TUNING_SERVICE_H_

#include <grpcpp/impl/service_type.h>

#include <memory>

#include "absl/status/status.h"
#include "server/service/backend.h"

namespace scoreserve {

// FineTuning: jobs, the rows that they learn from, and their progress. All its
// calls answer CheckHasJobs() where that is not OK.
std::unique_ptr<grpc::Service> NewFineTuningService(const Backend& backend);

// FAILED_PRECONDITION, NO_STATE_FOLDER, where there are no fine-tunes.
absl::Status CheckHasJobs(const Backend& backend);

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_SERVICE_FINE_TUNING_SERVICE_H_
