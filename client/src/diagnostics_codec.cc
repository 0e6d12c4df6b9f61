#include "client/src/diagnostics_codec.h"

namespace scoreserve {
inline namespace client {

void EncodeDiagnostics(const DiagnosticsQuery& query,
                       v1::DiagnosticsRequest* wire) {
  wire->set_burn_in(query.burn_in);
  if (query.stop_at_r_hat.has_value()) {
    wire->set_stop_at_r_hat(*query.stop_at_r_hat);
  }
}

Diagnostics DecodeDiagnostics(const v1::Diagnostics& wire) {
  Diagnostics diagnostics = {.chains = wire.chains(),
                             .steps = wire.steps(),
                             .mean_score_norm = wire.mean_score_norm()};
  if (wire.has_acceptance_rate()) {
    diagnostics.acceptance_rate = wire.acceptance_rate();
  }
  for (const v1::Mixing& mixing : wire.mixing()) {
    diagnostics.mixing.push_back(
        {.quantity = mixing.quantity(),
         .mean = mixing.mean(),
         .split_r_hat = mixing.split_r_hat(),
         .effective_sample_size = mixing.effective_sample_size()});
  }
  return diagnostics;
}

}  // namespace client
}  // namespace scoreserve
