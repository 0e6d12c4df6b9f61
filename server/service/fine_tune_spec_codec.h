#ifndef SCORESERVE_SERVER_SERVICE_FINE_TUNE_SPEC_CODEC_H_
#define SCORESERVE_SERVER_SERVICE_FINE_TUNE_SPEC_CODEC_H_

#include "absl/status/statusor.h"
#include "scoreserve/v1/training.pb.h"
#include "server/engine/fine_tune.h"

namespace scoreserve {

// What is absent has the default of FineTuneSpec. Its base_version is that of
// the request, or 0 where that names none: the caller looks it up.
// INVALID_ARGUMENT naming the field of the spec, as "quota.max_rows", its rule
// and the value; names of objectives and options are the engine's to check.
absl::StatusOr<FineTuneSpec> DecodeFineTuneSpec(const v1::FineTuneSpec& wire);

// With everything that DecodeFineTuneSpec() has filled in.
void EncodeFineTuneSpec(const FineTuneSpec& spec, v1::FineTuneSpec* wire);

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_SERVICE_FINE_TUNE_SPEC_CODEC_H_
