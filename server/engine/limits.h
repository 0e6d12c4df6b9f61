#ifndef SCORESERVE_SERVER_ENGINE_LIMITS_H_
#define SCORESERVE_SERVER_ENGINE_LIMITS_H_

#include <cstdint>

namespace scoreserve {

// What one request may ask for. Checked before anything is allocated for it;
// what is over is INVALID_ARGUMENT naming the field.
struct Limits {
  int64_t max_query_rows = 1 << 20;
  int64_t max_sample_rows = 1 << 20;
  int64_t max_sample_values = int64_t{1} << 28;  // rows · dim: 1 GiB of floats.
  // What the rows of one run carry from step to step, so that its states fit
  // one request: larger runs get none.
  int64_t max_state_bytes = 48 << 20;
  int64_t max_message_bytes = 64 << 20;  // Either way; larger is chunked.
  int max_stream_outstanding = 64;       // Unanswered messages of a stream.
};

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_ENGINE_LIMITS_H_
