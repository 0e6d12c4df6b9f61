#include "client/cmd/diagnostics.h"

#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/cmd/text_table.h"

namespace scoreserve::ctl {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

std::string RHatText(double r_hat) {
  return std::isnan(r_hat) ? "-" : absl::StrFormat("%.3f", r_hat);
}

std::string SizeText(double size) {
  return std::isnan(size) ? "-" : absl::StrFormat("%.0f", size);
}

}  // namespace

std::optional<DiagnosticsQuery> DiagnosticsOptions::query() const {
  if (!wanted) return std::nullopt;
  return DiagnosticsQuery{.burn_in = burn_in, .stop_at_r_hat = rhat_target};
}

void AddDiagnosticsOptions(CLI::App& command, DiagnosticsOptions& options) {
  CLI::Option* wanted = command.add_flag(
      "--diagnostics", options.wanted,
      "Show how well the rows mix, as R-hat, effective sample size (ESS) and "
      "share of accepted proposals: langevin, underdamped_langevin and mala");
  command
      .add_option("--burn-in", options.burn_in,
                  "Steps at the beginning that do not count")
      ->needs(wanted)
      ->check(CLI::NonNegativeNumber);
  command
      .add_option("--rhat-target", options.rhat_target,
                  "End once every R-hat is at most this, as 1.01. A heuristic: "
                  "rows that all miss a mode agree too")
      ->needs(wanted);
}

std::string DiagnosticsNote(const Diagnostics& diagnostics) {
  if (diagnostics.steps == 0) return "burning in";
  double r_hat = kNan, size = kNan;
  for (const Mixing& mixing : diagnostics.mixing) {  // NaN gives way.
    r_hat = std::fmax(r_hat, mixing.split_r_hat);
    size = std::fmin(size, mixing.effective_sample_size);
  }
  std::string note =
      absl::StrCat("R-hat ", RHatText(r_hat), "  ESS ", SizeText(size));
  if (diagnostics.acceptance_rate.has_value()) {
    absl::StrAppendFormat(&note, "  %.0f%% accepted",
                          100.0 * *diagnostics.acceptance_rate);
  }
  return note;
}

std::string DiagnosticsText(const Diagnostics& diagnostics) {
  std::string text = absl::StrCat("diagnostics of ", diagnostics.chains,
                                  " chains over ", diagnostics.steps, " steps");
  if (diagnostics.acceptance_rate.has_value()) {
    absl::StrAppendFormat(&text, ", %.1f%% of proposals accepted",
                          100.0 * *diagnostics.acceptance_rate);
  }
  std::vector<std::vector<std::string>> lines = {
      {"quantity", "mean", "R-hat", "ESS"}};
  for (const Mixing& mixing : diagnostics.mixing) {
    lines.push_back({mixing.quantity, absl::StrFormat("%.4g", mixing.mean),
                     RHatText(mixing.split_r_hat),
                     SizeText(mixing.effective_sample_size)});
  }
  return absl::StrCat(text, "\n", TextTable(lines));
}

Json DiagnosticsJson(const Diagnostics& diagnostics) {
  const auto or_null = [](double value) {
    return std::isfinite(value) ? Json(value) : Json();
  };
  Json mixing = Json::array();
  for (const Mixing& of : diagnostics.mixing) {
    mixing.push_back(
        {{"quantity", of.quantity},
         {"mean", or_null(of.mean)},
         {"split_r_hat", or_null(of.split_r_hat)},
         {"effective_sample_size", or_null(of.effective_sample_size)}});
  }
  return {
      {"chains", diagnostics.chains},
      {"steps", diagnostics.steps},
      {"acceptance_rate", or_null(diagnostics.acceptance_rate.value_or(kNan))},
      {"mean_score_norm", or_null(diagnostics.mean_score_norm)},
      {"mixing", std::move(mixing)}};
}

}  // namespace scoreserve::ctl
