#ifndef SCORESERVE_SERVER_SERVICE_SCORE_CALL_H_
#define SCORESERVE_SERVER_SERVICE_SCORE_CALL_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "scoreserve/v1/scoring.pb.h"
#include "server/engine/clock.h"
#include "server/engine/work.h"
#include "server/service/backend.h"

namespace scoreserve {

// One ScoreRequest on its way to a ScoreResponse, for the unary call and for
// each message of a stream. Owned by whoever answers; lives until Answer().
class ScoreCall : public ScoreSink {
 public:
  explicit ScoreCall(const Backend& backend) : backend_(backend) {}

  // Decodes `request` of `caller` (who is answered with what is wrong with it,
  // where there is) and hands it to the engine; both messages live until
  // Answer(), which a refusal calls at once.
  void Start(const v1::ScoreRequest& request,
             const absl::StatusOr<std::string>& caller, Instant deadline,
             v1::ScoreResponse* response);

  void Done(absl::StatusOr<ScoreAnswer> answer) final;

 protected:
  // The response is filled where `status` is OK. Called exactly once after
  // Start(), on any thread.
  virtual void Answer(absl::Status status) = 0;

 private:
  absl::Status Submit(const v1::ScoreRequest& request,
                      const absl::StatusOr<std::string>& caller,
                      Instant deadline);
  void Count(const absl::Status& status);

  const Backend backend_;
  std::shared_ptr<const ModelSnapshot> model_;
  v1::ScoreResponse* response_ = nullptr;
};

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_SERVICE_SCORE_CALL_H_
