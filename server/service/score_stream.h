#ifndef SCORESERVE_SERVER_SERVICE_SCORE_STREAM_H_
#define SCORESERVE_SERVER_SERVICE_SCORE_STREAM_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include "scoreserve/v1/scoring.pb.h"
#include "server/service/backend.h"

namespace scoreserve {

// The reactor of one ScoreStream; deletes itself when the stream is done.
grpc::ServerBidiReactor<v1::ScoreStreamRequest, v1::ScoreStreamResponse>*
NewScoreStream(const Backend& backend, grpc::CallbackServerContext* context);

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_SERVICE_SCORE_STREAM_H_
