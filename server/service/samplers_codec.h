#ifndef SCORESERVE_SERVER_SERVICE_SAMPLERS_CODEC_H_
#define SCORESERVE_SERVER_SERVICE_SAMPLERS_CODEC_H_

#include "scoreserve/v1/sampling.pb.h"
#include "server/engine/model_registry.h"

namespace scoreserve {

// Adds every sampler, with an example for each model of `registry` that it runs
// on.
void EncodeSamplers(const ModelRegistry& registry,
                    v1::ListSamplersResponse* response);

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_SERVICE_SAMPLERS_CODEC_H_
