#ifndef SCORESERVE_CLIENT_SRC_SAMPLE_CODEC_H_
#define SCORESERVE_CLIENT_SRC_SAMPLE_CODEC_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "scoreserve/sampling.h"
#include "scoreserve/v1/sampling.pb.h"

namespace scoreserve {
inline namespace client {

// Checks sizes, then copies. `request` is unspecified after a failure, which is
// INVALID_ARGUMENT naming the field.
absl::Status EncodeSample(const SampleQuery& query, int64_t max_bytes,
                          v1::SampleRequest* request);

std::vector<SamplerInfo> DecodeSamplers(
    const v1::ListSamplersResponse& response);

}  // namespace client
}  // namespace scoreserve

#endif  // SCORESERVE_CLIENT_SRC_SAMPLE_CODEC_H_
