#ifndef SCORESERVE_CLIENT_SRC_FINE_TUNE_CODEC_H_
#define SCORESERVE_CLIENT_SRC_FINE_TUNE_CODEC_H_

#include <vector>

#include "absl/status/status.h"
#include "scoreserve/fine_tuning.h"
#include "scoreserve/v1/training.pb.h"

namespace scoreserve {
inline namespace client {

// INVALID_ARGUMENT as EncodeModelRef(), and where an interval is infinite: all
// else is the server's to check.
absl::Status EncodeFineTuneSpec(const FineTuneSpec& spec,
                                v1::FineTuneSpec* wire);

FineTune DecodeFineTune(const v1::FineTune& wire);
std::vector<FineTune> DecodeFineTunes(const v1::ListFineTunesResponse& wire);
ObjectiveList DecodeObjectives(const v1::ListObjectivesResponse& wire);

}  // namespace client
}  // namespace scoreserve

#endif  // SCORESERVE_CLIENT_SRC_FINE_TUNE_CODEC_H_
