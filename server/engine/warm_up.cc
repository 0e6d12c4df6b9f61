#include "server/engine/warm_up.h"

#include <algorithm>
#include <cstdint>

#include "models/networks/guidance.h"
#include "server/engine/clock.h"
#include "server/engine/pass.h"

namespace scoreserve {
namespace {

constexpr double kPatience = 0.1;  // Seconds.

void RunPasses(const ModelSnapshot& model, bool energies, Device& device) {
  Pass pass(model.network.get(), model.max_batch_rows, energies);
  const int64_t most = model.max_batch_rows;
  std::fill_n(pass.label.data_ptr<double>(), most, model.config.label.max);
  if (pass.condition.defined()) {
    std::fill_n(pass.condition.data_ptr<int64_t>(), most, kNoCondition);
    std::fill_n(pass.guidance.data_ptr<float>(), most, 1.0f);
  }
  const Clock* const clock = Clock::Real();
  const Instant begun = clock->Now();
  for (int64_t rows = 1;; rows = std::min(2 * rows, most)) {
    pass.rows = rows;
    // The first of a size allocates what later ones reuse.
    for (const bool measured : {false, true}) {
      const Instant from = clock->Now();
      device.Begin(pass);
      if (!device.Finish(pass).ok()) return;
      const Instant to = clock->Now();
      const bool late = SecondsBetween(begun, to) > kPatience;
      if (measured || late)
        model.rates->Of(energies).Observe(rows, SecondsBetween(from, to));
      if (late) return;
    }
    if (rows == most) return;
  }
}

}  // namespace

void WarmUp(const ModelSnapshot& model, Device& device) {
  RunPasses(model, /*energies=*/false, device);
  if (model.network->has_energy()) RunPasses(model, /*energies=*/true, device);
}

}  // namespace scoreserve
