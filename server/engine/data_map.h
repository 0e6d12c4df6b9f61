// Between data space (the wire) and model space (the network).

#ifndef SCORESERVE_SERVER_ENGINE_DATA_MAP_H_
#define SCORESERVE_SERVER_ENGINE_DATA_MAP_H_

#include "absl/types/span.h"
#include "models/io/model_config.h"

namespace scoreserve {

// out ← (in − offset) / scale. The spans have one size.
void ToModelSpace(const DataSpace& space, absl::Span<const float> in,
                  float* out);

// out ← in · scale + offset.
void ToDataSpace(const DataSpace& space, absl::Span<const float> in,
                 float* out);

// The score of the data density: scores ← scores / scale.
void ScoreToDataSpace(const DataSpace& space, absl::Span<float> scores);

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_ENGINE_DATA_MAP_H_
