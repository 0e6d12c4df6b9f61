#ifndef SCORESERVE_CLIENT_CMD_DID_YOU_MEAN_H_
#define SCORESERVE_CLIENT_CMD_DID_YOU_MEAN_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace scoreserve::ctl {

// "; did you mean 'score'?" where one of `known` is a slip of `word` away, else
// "; there are: models, score, …".
std::string DidYouMean(absl::string_view word,
                       const std::vector<std::string>& known);

}  // namespace scoreserve::ctl

#endif  // SCORESERVE_CLIENT_CMD_DID_YOU_MEAN_H_
