#ifndef SCORESERVE_SERVER_ENGINE_EVALUATE_H_
#define SCORESERVE_SERVER_ENGINE_EVALUATE_H_

#include <cstdint>
#include <exception>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "models/networks/score_network.h"
#include "server/engine/pass.h"

namespace scoreserve {

// What to say where a pass of `rows` threw `error`: RESOURCE_EXHAUSTED,
// OUT_OF_MEMORY, or INTERNAL.
absl::Status PassFailed(int64_t rows, const std::exception& error);

// The scores of `input`, whose rows lie where `pass.network` does, and their
// energies where the pass has them; they may lie in the pass's workspace. Its
// conditions and guidance lie in the processor's memory (guidance.h).
//
// Where memory runs out, gives back what the workspace holds, has `give_back`
// do the same with what the device keeps, and evaluates the first half of the
// rows and then the second. PassFailed() where that is too much as well, or
// the network threw something else.
absl::StatusOr<ScoreAndEnergy> Evaluate(Pass& pass, const ScoreInput& input,
                                        absl::FunctionRef<void()> give_back);

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_ENGINE_EVALUATE_H_
