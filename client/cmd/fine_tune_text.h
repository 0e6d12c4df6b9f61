// A fine-tuning job in scorectl's words.

#ifndef SCORESERVE_CLIENT_CMD_FINE_TUNE_TEXT_H_
#define SCORESERVE_CLIENT_CMD_FINE_TUNE_TEXT_H_

#include <string>

#include "absl/status/statusor.h"
#include "client/cmd/json.h"
#include "scoreserve/fine_tuning.h"

namespace scoreserve::ctl {

// The name of a job given as MODEL/ID or whole. A usage error otherwise.
absl::StatusOr<std::string> JobName(const std::string& text);
// MODEL/ID of a whole name.
std::string ShortJobName(const std::string& name);

std::string StateText(FineTuneState state);

// "0.75, 0.5 ± 0.1 better than version 2 on 2048 rows".
std::string CheckText(const GateCheck& check);

// "version 3 at step 400: hold-out …", and that it was rolled back.
std::string PublishedText(const PublishedVersion& version);

// What a job that has ended came to, in a few lines.
std::string SummaryText(const FineTune& job);

// All about it, as a table.
std::string DetailText(const FineTune& job);

Json FineTuneJson(const FineTune& job);

}  // namespace scoreserve::ctl

#endif  // SCORESERVE_CLIENT_CMD_FINE_TUNE_TEXT_H_
