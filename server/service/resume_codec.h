#ifndef SCORESERVE_SERVER_SERVICE_RESUME_CODEC_H_
#define SCORESERVE_SERVER_SERVICE_RESUME_CODEC_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "models/io/model_config.h"
#include "scoreserve/v1/sampling.pb.h"
#include "scoreserve/v1/sampling_state.pb.h"
#include "server/engine/block_state.h"
#include "server/engine/model_registry.h"

namespace scoreserve {

// The version that a request is for: the one that its states come from, where
// there are some. INVALID_ARGUMENT naming the field where they contradict it.
absl::StatusOr<ModelSelector> SelectModel(const v1::SampleRequest& wire);

// `status` of looking that version up: one that states come from and that is
// not here is FAILED_PRECONDITION, VERSION_GONE.
absl::Status LookUpError(const v1::SampleRequest& wire, absl::Status status);

// What is run: the part that is the same in all of its states. Without digests
// where `wire` neither asks for states nor brings any.
v1::SamplingState IdentityOf(const v1::SampleRequest& wire,
                             const ModelSnapshot& model, uint64_t seed,
                             std::string numerics);

// Whether the states of `wire` come from the run `identity`: INVALID_ARGUMENT
// naming the field that differs; FAILED_PRECONDITION, INEXACT, where exactness
// is required and cannot be had.
absl::Status CheckIdentity(const v1::SampleRequest& wire,
                           const v1::SamplingState& identity);

// The states of `wire`. INVALID_ARGUMENT naming "resume_from[i].…" for tensors
// that are none; CheckResume() does the rest.
absl::StatusOr<std::vector<BlockState>> DecodeStates(
    const v1::SampleRequest& wire, const DataSpace& space);

// Rows offset, …, offset + rows of `state` into what `wire` already says.
void EncodeState(const BlockState& state, int64_t offset, int64_t rows,
                 v1::SamplingState* wire);

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_SERVICE_RESUME_CODEC_H_
