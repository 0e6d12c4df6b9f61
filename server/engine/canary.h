#ifndef SCORESERVE_SERVER_ENGINE_CANARY_H_
#define SCORESERVE_SERVER_ENGINE_CANARY_H_

#include "absl/strings/string_view.h"

namespace scoreserve {

// Whether `caller` is among the share, in [0, 1], of a model's callers that get
// its canary. A hash of both decides: the same on every server and for as long
// as the share does not change, and who is in a share is in every larger one.
// Those who have no name, "", are one caller.
bool GetsCanary(absl::string_view model, absl::string_view caller,
                double share);

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_ENGINE_CANARY_H_
