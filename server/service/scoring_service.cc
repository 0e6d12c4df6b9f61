#include "server/service/scoring_service.h"

#include <atomic>
#include <memory>

#include "absl/status/status.h"
#include "scoreserve/v1/scoring.grpc.pb.h"
#include "server/service/caller.h"
#include "server/service/request_codec.h"
#include "server/service/score_call.h"
#include "server/service/score_stream.h"
#include "server/service/status_codec.h"

namespace scoreserve {
namespace {

// The reactor of one Score; deletes itself when the call is done.
class UnaryScore final : public grpc::ServerUnaryReactor, public ScoreCall {
 public:
  UnaryScore(const Backend& backend, grpc::CallbackServerContext* context)
      : ScoreCall(backend), context_(context) {}

  void OnCancel() override { cancelled_ = true; }
  void OnDone() override { delete this; }
  bool Cancelled() const override { return cancelled_; }

 protected:
  void Answer(absl::Status status) override {
    Finish(ToGrpcStatus(status, context_));
  }

 private:
  grpc::CallbackServerContext* const context_;
  std::atomic<bool> cancelled_ = false;
};

class ScoringService final : public v1::Scoring::CallbackService {
 public:
  explicit ScoringService(const Backend& backend) : backend_(backend) {}

  grpc::ServerUnaryReactor* Score(grpc::CallbackServerContext* context,
                                  const v1::ScoreRequest* request,
                                  v1::ScoreResponse* response) override {
    auto* call = new UnaryScore(backend_, context);
    call->Start(*request, CallerOf(*context, *backend_.proxies),
                DeadlineOf(*context, backend_.engine->clock().Now()), response);
    return call;
  }

  grpc::ServerBidiReactor<v1::ScoreStreamRequest, v1::ScoreStreamResponse>*
  ScoreStream(grpc::CallbackServerContext* context) override {
    return NewScoreStream(backend_, context);
  }

 private:
  const Backend backend_;
};

}  // namespace

std::unique_ptr<grpc::Service> NewScoringService(const Backend& backend) {
  return std::make_unique<ScoringService>(backend);
}

}  // namespace scoreserve
