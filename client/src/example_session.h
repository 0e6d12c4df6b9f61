#ifndef SCORESERVE_CLIENT_SRC_EXAMPLE_SESSION_H_
#define SCORESERVE_CLIENT_SRC_EXAMPLE_SESSION_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "scoreserve/fine_tuning.h"
#include "scoreserve/v1/training.pb.h"

namespace scoreserve {
inline namespace client {

// Rows on their way to a job, over as many streams as it takes: which message
// is next, and what has to be kept for another stream. Opens none itself.
// Thread-compatible.
class ExampleSession {
 public:
  using Message = std::shared_ptr<const v1::StreamExamplesRequest>;

  // What may be unacknowledged, and is kept, beside one message.
  static constexpr int64_t kMostKept = int64_t{8} << 20;

  ExampleSession(std::string name, int64_t max_message_bytes)
      : name_(std::move(name)), max_message_bytes_(max_message_bytes) {}

  // Asks where to go on: the first message of each stream.
  Message Question() const;

  // The answer to it: the stream goes on from there. DATA_LOSS where rows that
  // were acknowledged are gone.
  absl::Status Begin(int64_t acknowledged);

  // Rows before this are durable. Whether that is further than before.
  bool Acknowledge(int64_t acknowledged);

  // What was kept and has not been sent on this stream, oldest first; null
  // where there is none.
  Message Unsent();

  // The first row to be got from the source, and whether there is room for
  // more: else an acknowledgement has to come first.
  int64_t next_row() const { return next_row_; }
  bool has_room() const { return kept_bytes_ < kMostKept; }

  // Keeps `rows`, at least one, from next_row() on, for Unsent() to give.
  // INVALID_ARGUMENT as CheckRows(), naming "x" or "classes".
  absl::Status Add(const ExampleRows& rows);

  int64_t acknowledged() const { return acknowledged_; }

 private:
  const std::string name_;
  const int64_t max_message_bytes_;
  std::deque<Message> kept_;  // Not acknowledged whole.
  size_t sent_ = 0;           // Of these, on this stream.
  int64_t kept_bytes_ = 0;
  int64_t next_row_ = 0;
  int64_t acknowledged_ = 0;
};

}  // namespace client
}  // namespace scoreserve

#endif  // SCORESERVE_CLIENT_SRC_EXAMPLE_SESSION_H_
