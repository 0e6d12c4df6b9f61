// Fine-tuning jobs on the wire.

#ifndef SCORESERVE_SERVER_SERVICE_FINE_TUNE_CODEC_H_
#define SCORESERVE_SERVER_SERVICE_FINE_TUNE_CODEC_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "scoreserve/v1/training.pb.h"
#include "server/engine/fine_tune.h"

namespace scoreserve {

// The model of a parent, "models/{model}"; "" of "", which is all of them.
// INVALID_ARGUMENT naming "parent".
absl::StatusOr<std::string> ModelOfParent(absl::string_view parent);

void EncodeFineTune(const FineTuneStatus& status, v1::FineTune* wire);

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_SERVICE_FINE_TUNE_CODEC_H_
