#ifndef SCORESERVE_SERVER_SERVICE_EXAMPLE_CODEC_H_
#define SCORESERVE_SERVER_SERVICE_EXAMPLE_CODEC_H_

#include "absl/status/statusor.h"
#include "models/io/model_config.h"
#include "scoreserve/v1/training.pb.h"
#include "server/engine/fine_tunes.h"

namespace scoreserve {

// The rows of `message` for a job of that config, copied; none where it has no
// x. One class for all is one for each. INVALID_ARGUMENT as DecodeRows(), and
// naming "first_offset" or "classes".
absl::StatusOr<Examples> DecodeExamples(
    const v1::StreamExamplesRequest& message, const ModelConfig& config);

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_SERVICE_EXAMPLE_CODEC_H_
