#ifndef SCORESERVE_SERVER_SERVICE_OBJECTIVES_CODEC_H_
#define SCORESERVE_SERVER_SERVICE_OBJECTIVES_CODEC_H_

#include "scoreserve/v1/training.pb.h"

namespace scoreserve {

// Adds every objective, and the trainer's options as a fine-tune takes them.
void EncodeObjectives(v1::ListObjectivesResponse* response);

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_SERVICE_OBJECTIVES_CODEC_H_
