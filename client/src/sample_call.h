#ifndef SCORESERVE_CLIENT_SRC_SAMPLE_CALL_H_
#define SCORESERVE_CLIENT_SRC_SAMPLE_CALL_H_

#include <grpcpp/channel.h>

#include <memory>

#include "absl/status/statusor.h"
#include "scoreserve/client.h"
#include "scoreserve/v1/sampling.grpc.pb.h"

namespace scoreserve {
inline namespace client {

// One run of a sampler, read by this thread, over as many streams as it takes.
absl::StatusOr<Samples> SampleNow(const std::shared_ptr<grpc::Channel>& channel,
                                  const ClientOptions& options,
                                  const SampleQuery& query,
                                  const SampleObserver& observer,
                                  const CallOptions& call);

// The same, read by gRPC's threads.
void SampleLater(const std::shared_ptr<grpc::Channel>& channel,
                 const ClientOptions& options, const SampleQuery& query,
                 SampleObserver observer, Callback<Samples> done,
                 const CallOptions& call);

}  // namespace client
}  // namespace scoreserve

#endif  // SCORESERVE_CLIENT_SRC_SAMPLE_CALL_H_
