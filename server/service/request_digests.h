#ifndef SCORESERVE_SERVER_SERVICE_REQUEST_DIGESTS_H_
#define SCORESERVE_SERVER_SERVICE_REQUEST_DIGESTS_H_

#include <cstdint>
#include <map>
#include <string>

#include "absl/status/status.h"
#include "scoreserve/v1/sampling.pb.h"
#include "scoreserve/v1/sampling_state.pb.h"

namespace scoreserve {

// What tells two requests apart that draw other samples and that a state does
// not repeat, by the name of the field: SamplingState.digests. Of the numbers
// alone, so that a tensor of any shape counts by its values. A field that is
// not given has none. Takes time like the size of `wire`. Thread-safe.
std::map<std::string, uint64_t> DigestsOf(const v1::SampleRequest& wire);

// Whether state `i` of a request, whose own are in `run`, comes from one with
// the same fields. INVALID_ARGUMENT naming the request's field that differs,
// and one that is not known here too.
absl::Status CheckDigests(int i, const v1::SamplingState& state,
                          const v1::SamplingState& run);

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_SERVICE_REQUEST_DIGESTS_H_
