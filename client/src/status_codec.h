#ifndef SCORESERVE_CLIENT_SRC_STATUS_CODEC_H_
#define SCORESERVE_CLIENT_SRC_STATUS_CODEC_H_

#include <grpcpp/support/status.h>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/rpc/status.pb.h"

namespace scoreserve {
inline namespace client {

// Code and message, with the google.rpc.Status that came along kept as a
// payload for DetailsOf().
absl::Status FromGrpc(const grpc::Status& status);
absl::Status FromRpc(const google::rpc::Status& status);

// INVALID_ARGUMENT "`field` must be `rule`; was `value`", with the details that
// a server would have sent.
absl::Status InvalidField(absl::string_view field, absl::string_view rule,
                          absl::string_view value);

}  // namespace client
}  // namespace scoreserve

#endif  // SCORESERVE_CLIENT_SRC_STATUS_CODEC_H_
