#ifndef SCORESERVE_CLIENT_CMD_MOVE_ALIAS_H_
#define SCORESERVE_CLIENT_CMD_MOVE_ALIAS_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "scoreserve/client.h"

namespace scoreserve::ctl {

// The version that `alias` stands for: where it is not set, the highest that is
// loaded; 0 where none is.
int64_t InService(const ModelInfo& model, const std::string& alias);

// Points `alias` of `model`, as it was seen, at `version`, and prints what has
// become of it. ABORTED where somebody has changed the model since.
absl::Status MoveAlias(Client& client, const ModelInfo& model,
                       const std::string& alias, int64_t version, bool json);

}  // namespace scoreserve::ctl

#endif  // SCORESERVE_CLIENT_CMD_MOVE_ALIAS_H_
