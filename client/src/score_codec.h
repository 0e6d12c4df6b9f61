#ifndef SCORESERVE_CLIENT_SRC_SCORE_CODEC_H_
#define SCORESERVE_CLIENT_SRC_SCORE_CODEC_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "scoreserve/scoring.h"
#include "scoreserve/v1/scoring.pb.h"

namespace scoreserve {
inline namespace client {

// Checks sizes, then copies. `request` is unspecified after a failure, which is
// INVALID_ARGUMENT naming the field.
absl::Status EncodeScore(const ScoreQuery& query, int64_t max_bytes,
                         v1::ScoreRequest* request);

// A view of `response`.
absl::StatusOr<ScoreView> DecodeScore(const v1::ScoreResponse& response);

}  // namespace client
}  // namespace scoreserve

#endif  // SCORESERVE_CLIENT_SRC_SCORE_CODEC_H_
