#include "server/engine/data_map.h"

#include <algorithm>
#include <cstddef>

#include "absl/types/span.h"
#include "models/io/model_config.h"

namespace scoreserve {
namespace {

bool IsIdentity(const DataSpace& space) {
  return space.offset == 0.0 && space.scale == 1.0;
}

}  // namespace

void ToModelSpace(const DataSpace& space, absl::Span<const float> in,
                  float* out) {
  if (IsIdentity(space)) {
    std::copy(in.begin(), in.end(), out);
    return;
  }
  const float offset = static_cast<float>(space.offset);
  const float gain = static_cast<float>(1.0 / space.scale);
  for (size_t i = 0; i < in.size(); ++i) out[i] = (in[i] - offset) * gain;
}

void ToDataSpace(const DataSpace& space, absl::Span<const float> in,
                 float* out) {
  if (IsIdentity(space)) {
    std::copy(in.begin(), in.end(), out);
    return;
  }
  const float offset = static_cast<float>(space.offset);
  const float scale = static_cast<float>(space.scale);
  for (size_t i = 0; i < in.size(); ++i) out[i] = in[i] * scale + offset;
}

void ScoreToDataSpace(const DataSpace& space, absl::Span<float> scores) {
  if (space.scale == 1.0) return;
  const float gain = static_cast<float>(1.0 / space.scale);
  for (float& score : scores) score *= gain;
}

}  // namespace scoreserve
