#ifndef SCORESERVE_SCORE_STREAM_H_
#define SCORESERVE_SCORE_STREAM_H_

#include <cstdint>
#include <functional>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "scoreserve/scoring.h"

namespace scoreserve {
inline namespace client {

// Many queries on one stream, answered in any order: less work a query than
// Client::Score(), and no thread that waits for each. Client::OpenScoreStream()
// makes one. Every query that was taken gets exactly one reply, unless the
// stream itself fails, which Finish() tells. Thread-safe.
class ScoreStream {
 public:
  // Queries that may be unanswered; what a server takes before it stops
  // reading.
  static constexpr int kMaxOutstanding = 64;

  // Told of each reply: the id that was sent with the query, and its answer or
  // its own refusal, which leaves the stream as it was. Called by threads of
  // gRPC's, one reply at a time; must not block. May call TrySend(), Close()
  // and Cancel(), and nothing else of the stream's.
  using ReplyCallback =
      std::function<void(uint64_t id, const absl::StatusOr<ScoreView>& reply)>;

  // Cancels what is unanswered and waits until no callback runs any more.
  virtual ~ScoreStream() = default;

  // Sends `query` under an id of the caller's own, which is not interpreted;
  // waits while kMaxOutstanding are unanswered. INVALID_ARGUMENT: the query was
  // not sent and gets no reply. FAILED_PRECONDITION after Close(). UNAVAILABLE
  // once the stream has ended: Finish() says why.
  virtual absl::Status Send(uint64_t id, const ScoreQuery& query) = 0;

  // The same without waiting: RESOURCE_EXHAUSTED while kMaxOutstanding are
  // unanswered. Inside a reply's callback there is room for one.
  virtual absl::Status TrySend(uint64_t id, const ScoreQuery& query) = 0;

  // Says that no more queries come. Replies still do.
  virtual void Close() = 0;

  // Close(), then waits until the last callback has returned. OK where every
  // query was answered, else why the stream ended. May be called again.
  virtual absl::Status Finish() = 0;

  // Ends the stream: Finish() returns CANCELLED.
  virtual void Cancel() = 0;

 protected:
  ScoreStream() = default;
};

}  // namespace client
}  // namespace scoreserve

#endif  // SCORESERVE_SCORE_STREAM_H_
