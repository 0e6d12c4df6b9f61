// The parts of requests that more than one service has.

#ifndef SCORESERVE_SERVER_SERVICE_REQUEST_CODEC_H_
#define SCORESERVE_SERVER_SERVICE_REQUEST_CODEC_H_

#include <grpcpp/server_context.h>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/duration.pb.h"
#include "models/options.h"
#include "scoreserve/v1/condition.pb.h"
#include "scoreserve/v1/models.pb.h"
#include "scoreserve/v1/options.pb.h"
#include "scoreserve/v1/sampling.pb.h"
#include "scoreserve/v1/scoring.pb.h"
#include "server/engine/clock.h"
#include "server/engine/model_registry.h"
#include "server/engine/request_checks.h"

namespace scoreserve {

// INVALID_ARGUMENT naming "model.name" where that is not a model's name.
absl::StatusOr<ModelSelector> DecodeModelRef(const v1::ModelRef& ref);

// The values lie in the request, here and below.
Labels DecodeLabels(const v1::ScoreRequest& request);

Conditions DecodeConditions(const v1::Condition& condition);

// INVALID_ARGUMENT naming the option, as one of `field`, where a value has no
// kind.
absl::StatusOr<OptionValues> DecodeOptions(
    const google::protobuf::Map<std::string, v1::OptionValue>& options,
    absl::string_view field = "options");

void EncodeOptionValue(const OptionValue& value, v1::OptionValue* wire);

void EncodeOption(const OptionDescription& option, v1::OptionDescription* wire);

// INVALID_ARGUMENT naming `field` where it is shorter than `least` or no
// duration; what is over 30 years is 30 years.
absl::StatusOr<Instant::duration> DecodeDuration(
    absl::string_view field, const google::protobuf::Duration& wire,
    Instant::duration least);

// The caller's deadline on the steady clock; Instant::max() without one.
Instant DeadlineOf(const grpc::CallbackServerContext& context, Instant now);

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_SERVICE_REQUEST_CODEC_H_
