#ifndef SCORESERVE_SERVER_ENGINE_WARM_UP_H_
#define SCORESERVE_SERVER_ENGINE_WARM_UP_H_

#include <memory>

#include "server/engine/device.h"
#include "server/engine/engine.h"
#include "server/engine/model_snapshot.h"

namespace scoreserve {

// Runs passes of `model` of growing sizes on `device`, which lies where the
// model's network does and is used by nobody else, and seeds its rates with
// what they took, so that the first requests are judged by what this machine
// can do. About a tenth of a second of passes for each of score and energies,
// or one pass where that takes longer; sizes that it does not come to are
// judged by the largest that it does. A network that fails has no rate.
void WarmUp(const ModelSnapshot& model, Device& device);

// The same on the model's device, in quanta between the passes of what it
// serves. Waits for the end, or for the engine's, but ten seconds at most,
// after which it goes on by itself; not by a device's thread.
void WarmUp(Engine& engine, const std::shared_ptr<const ModelSnapshot>& model);

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_ENGINE_WARM_UP_H_
