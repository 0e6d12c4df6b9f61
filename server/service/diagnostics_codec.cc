#include "server/service/diagnostics_codec.h"

#include <optional>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "models/status.h"

namespace scoreserve {

absl::StatusOr<std::optional<DiagnosticsOptions>> DecodeDiagnostics(
    const v1::SampleRequest& wire, const SamplerPlan& plan) {
  if (!wire.has_diagnostics()) return std::nullopt;
  if (!plan.homogeneous) {
    return InvalidField("diagnostics",
                        absl::StrCat("absent: ", wire.sampler(),
                                     " leaves no density invariant"),
                        "given");
  }
  DiagnosticsOptions options = {.burn_in = wire.diagnostics().burn_in()};
  if (wire.diagnostics().has_stop_at_r_hat()) {
    options.stop_at_r_hat = wire.diagnostics().stop_at_r_hat();
  }
  return options;
}

v1::Diagnostics EncodeDiagnostics(const ChainSummary& summary) {
  v1::Diagnostics wire;
  wire.set_chains(summary.chains);
  wire.set_steps(summary.steps);
  if (summary.acceptance_rate.has_value()) {
    wire.set_acceptance_rate(*summary.acceptance_rate);
  }
  for (const QuantityMixing& mixing : summary.mixing) {
    v1::Mixing* to = wire.add_mixing();
    to->set_quantity(mixing.quantity);
    to->set_mean(mixing.mean);
    to->set_split_r_hat(mixing.split_r_hat);
    to->set_effective_sample_size(mixing.effective_sample_size);
    if (mixing.quantity == kScoreNorm) wire.set_mean_score_norm(mixing.mean);
  }
  return wire;
}

}  // namespace scoreserve
