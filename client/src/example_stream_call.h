#ifndef SCORESERVE_CLIENT_SRC_EXAMPLE_STREAM_CALL_H_
#define SCORESERVE_CLIENT_SRC_EXAMPLE_STREAM_CALL_H_

#include <grpcpp/channel.h>

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "scoreserve/client_options.h"
#include "scoreserve/fine_tuning.h"

namespace scoreserve {
inline namespace client {

// Sends what `source` gives to the job, by this thread, over as many streams as
// it takes. Returns the number of rows that the job has then.
absl::StatusOr<int64_t> SendExamples(
    const std::shared_ptr<grpc::Channel>& channel, const ClientOptions& options,
    const std::string& name, const ExampleSource& source,
    const ExampleObserver& observer, const CallOptions& call);

}  // namespace client
}  // namespace scoreserve

#endif  // SCORESERVE_CLIENT_SRC_EXAMPLE_STREAM_CALL_H_
