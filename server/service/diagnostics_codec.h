#ifndef SCORESERVE_SERVER_SERVICE_DIAGNOSTICS_CODEC_H_
#define SCORESERVE_SERVER_SERVICE_DIAGNOSTICS_CODEC_H_

#include <optional>

#include "absl/status/statusor.h"
#include "models/diagnostics/chain_diagnostics.h"
#include "models/samplers/sampler.h"
#include "scoreserve/v1/sampling.pb.h"

namespace scoreserve {

// What is asked for, if anything; the engine checks its numbers.
// INVALID_ARGUMENT naming "diagnostics" where the rows of `plan`, which is the
// request's, are no chains.
absl::StatusOr<std::optional<DiagnosticsOptions>> DecodeDiagnostics(
    const v1::SampleRequest& wire, const SamplerPlan& plan);

v1::Diagnostics EncodeDiagnostics(const ChainSummary& summary);

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_SERVICE_DIAGNOSTICS_CODEC_H_
