#ifndef SCORESERVE_CLIENT_SRC_SCORE_STREAM_CALL_H_
#define SCORESERVE_CLIENT_SRC_SCORE_STREAM_CALL_H_

#include <memory>

#include "scoreserve/client_options.h"
#include "scoreserve/score_stream.h"
#include "scoreserve/v1/scoring.grpc.pb.h"

namespace scoreserve {
inline namespace client {

// Opens a stream, which holds `channel` as long as it lives.
std::unique_ptr<ScoreStream> NewScoreStream(
    const std::shared_ptr<grpc::Channel>& channel, const ClientOptions& options,
    ScoreStream::ReplyCallback on_reply, const CallOptions& call);

}  // namespace client
}  // namespace scoreserve

#endif  // SCORESERVE_CLIENT_SRC_SCORE_STREAM_CALL_H_
