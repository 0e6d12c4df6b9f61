#ifndef SCORESERVE_CLIENT_CMD_JSON_H_
#define SCORESERVE_CLIENT_CMD_JSON_H_

#include <vector>

#include "models/io/rows.h"
#include "nlohmann/json.hpp"
#include "scoreserve/models.h"
#include "scoreserve/sampling.h"

namespace scoreserve::ctl {

// Keys in the order of their making.
using Json = nlohmann::ordered_json;

Json ModelJson(const ModelInfo& model);
Json SamplerJson(const SamplerInfo& sampler);
Json OptionInfosJson(const std::vector<OptionInfo>& options);
Json OptionValuesJson(const OptionValues& values);
// A list of lists, with the fewest digits that give each float back.
Json RowsJson(const Rows& rows);

// Writes `json` to standard output, indented.
void PrintJson(const Json& json);

}  // namespace scoreserve::ctl

#endif  // SCORESERVE_CLIENT_CMD_JSON_H_
