#ifndef SCORESERVE_SERVER_ENGINE_FINE_TUNE_PARTS_H_
#define SCORESERVE_SERVER_ENGINE_FINE_TUNE_PARTS_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "models/io/safetensors.h"
#include "server/engine/example_intake.h"
#include "server/engine/fine_tuning.h"
#include "server/engine/job_store.h"

namespace scoreserve {

// What a job is made of: checks what the plan says against the tables of
// objectives and of the trainer. INVALID_ARGUMENT naming the field of the spec,
// UNSUITABLE_MODEL where the network cannot be trained so. `start` are the
// first weights; null where they are restored afterwards.
absl::StatusOr<FineTuning::Parts> MakeParts(const FineTunePlan& plan,
                                            const NamedArrays* start);

// The same of a job that the store has, as it was at its newest checkpoint,
// with its rows, of which `stream` gets those that are kept; without trainer
// and buffer if it has ended. What makes a checkpoint be passed over is told to
// `warn`. DATA_LOSS, STORAGE_FAILED.
absl::StatusOr<FineTuning::Parts> RestoreParts(
    const StoredJob& stored, JobStore& store, ExampleStream& stream,
    absl::FunctionRef<void(const std::string&)> warn);

// As the store keeps it.
StoredCheckpoint ToStored(FineTuneCheckpoint checkpoint);

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_ENGINE_FINE_TUNE_PARTS_H_
