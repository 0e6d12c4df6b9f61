// What two runs of training must have in common for one to go on from the
// other's checkpoint.

#ifndef SCORESERVE_MODELS_TRAINING_RUN_IDENTITY_H_
#define SCORESERVE_MODELS_TRAINING_RUN_IDENTITY_H_

#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "models/io/model_config.h"
#include "models/objectives/conditioned_rows.h"
#include "models/options.h"

namespace scoreserve {

// What decides the weights, as texts by the names that people give it by:
// "seed", "data", "label.max", "network_options.width", …
using RunIdentity = std::map<std::string, std::string>;

// All of the config but its description and its provenance.
RunIdentity IdentityOf(const ModelConfig& config);

// As people write it, with every bit of a double; 1 and 1.0 are the same.
std::string ExactText(const OptionValue& value);

// The numbers of rows, and the SHA-256 over all that the rows hold.
std::string IdentityOf(const ConditionedRows& training,
                       const ConditionedRows& hold_out);

// OK where both are the same; INVALID_ARGUMENT naming the first thing that
// differs, what it must be and what it was. `where` says where `expected` comes
// from: "the checkpoint in out/run".
absl::Status CheckSameRun(const RunIdentity& expected, const RunIdentity& given,
                          absl::string_view where);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_TRAINING_RUN_IDENTITY_H_
