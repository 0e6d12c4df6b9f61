// scorectl sample --diagnostics: how well the rows mix.

#ifndef SCORESERVE_CLIENT_CMD_DIAGNOSTICS_H_
#define SCORESERVE_CLIENT_CMD_DIAGNOSTICS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "CLI/CLI.hpp"
#include "client/cmd/json.h"
#include "scoreserve/sampling.h"

namespace scoreserve::ctl {

struct DiagnosticsOptions {
  bool wanted = false;
  int64_t burn_in = 0;
  std::optional<double> rhat_target = {};

  std::optional<DiagnosticsQuery> query() const;
};

// Adds --diagnostics, --burn-in and --rhat-target; `options` outlives
// `command`.
void AddDiagnosticsOptions(CLI::App& command, DiagnosticsOptions& options);

// For a progress line: "R-hat 1.013  ESS 412  57% accepted", the largest and
// the smallest of all quantities; "burning in" before the first step that
// counts, and "-" for what is not known yet.
std::string DiagnosticsNote(const Diagnostics& diagnostics);

// A sentence, and a line a quantity.
std::string DiagnosticsText(const Diagnostics& diagnostics);

// What is not known is null.
Json DiagnosticsJson(const Diagnostics& diagnostics);

}  // namespace scoreserve::ctl

#endif  // SCORESERVE_CLIENT_CMD_DIAGNOSTICS_H_
