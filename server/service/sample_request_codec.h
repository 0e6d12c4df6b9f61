#ifndef SCORESERVE_SERVER_SERVICE_SAMPLE_REQUEST_CODEC_H_
#define SCORESERVE_SERVER_SERVICE_SAMPLE_REQUEST_CODEC_H_

#include <memory>

#include "absl/status/statusor.h"
#include "scoreserve/v1/sampling.pb.h"
#include "server/engine/work.h"

namespace scoreserve {

// Everything of a request but its deadline and its sink, for `model`; a time
// budget begins at `now`. A seed is drawn where neither the caller nor a state
// brings one. INVALID_ARGUMENT naming the field.
absl::StatusOr<SampleRequest> DecodeSampleRequest(
    const v1::SampleRequest& wire, std::shared_ptr<const ModelSnapshot> model,
    Instant now);

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_SERVICE_SAMPLE_REQUEST_CODEC_H_
