// A model in the words of scorectl's tables.

#ifndef SCORESERVE_CLIENT_CMD_DESCRIBE_H_
#define SCORESERVE_CLIENT_CMD_DESCRIBE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "scoreserve/models.h"

namespace scoreserve::ctl {

// "digits@3".
std::string VersionText(const ModelInfo& model);
// "8x8".
std::string ShapeText(const std::vector<int64_t>& shape);
// "noise level 0.01 to 20", "none".
std::string LabelText(const ModelInfo& model);

// "canary 4, stable 3": all of them.
std::string AliasesText(const ModelInfo& model);

}  // namespace scoreserve::ctl

#endif  // SCORESERVE_CLIENT_CMD_DESCRIBE_H_
