#ifndef SCORESERVE_MODELS_IO_JSON_TEXT_H_
#define SCORESERVE_MODELS_IO_JSON_TEXT_H_

#include <string>

#include "models/io/json.h"

namespace scoreserve {

// One line that ParseJson() reads back as the same value, every bit of a double
// included; what is not finite becomes null. Equal values give equal texts.
std::string JsonText(const Json& json);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_IO_JSON_TEXT_H_
