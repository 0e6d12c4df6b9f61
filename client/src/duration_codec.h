#ifndef SCORESERVE_CLIENT_SRC_DURATION_CODEC_H_
#define SCORESERVE_CLIENT_SRC_DURATION_CODEC_H_

#include <cstdint>

#include "absl/time/time.h"
#include "google/protobuf/duration.pb.h"

namespace scoreserve {
inline namespace client {

// Requires a finite duration.
inline void EncodeDuration(absl::Duration duration,
                           google::protobuf::Duration* wire) {
  wire->set_seconds(absl::IDivDuration(duration, absl::Seconds(1), &duration));
  wire->set_nanos(static_cast<int32_t>(absl::ToInt64Nanoseconds(duration)));
}

inline absl::Duration DecodeDuration(const google::protobuf::Duration& wire) {
  return absl::Seconds(wire.seconds()) + absl::Nanoseconds(wire.nanos());
}

}  // namespace client
}  // namespace scoreserve

#endif  // SCORESERVE_CLIENT_SRC_DURATION_CODEC_H_
