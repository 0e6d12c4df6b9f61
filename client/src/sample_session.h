#ifndef SCORESERVE_CLIENT_SRC_SAMPLE_SESSION_H_
#define SCORESERVE_CLIENT_SRC_SAMPLE_SESSION_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "client/src/retries.h"
#include "client/src/sample_assembler.h"
#include "scoreserve/client_options.h"
#include "scoreserve/sampling.h"
#include "scoreserve/v1/sampling.pb.h"
#include "scoreserve/v1/sampling_state.pb.h"

namespace scoreserve {
inline namespace client {

// One run of a sampler, over as many streams as it takes: what the next one
// asks for, the newest state of all rows, and whether there is to be a next
// one. Opens none itself. Thread-compatible.
class SampleSession {
 public:
  // A request with a state_interval is gone on with where its stream breaks.
  SampleSession(v1::SampleRequest request, SampleObserver observer,
                const ClientOptions& options, const CallOptions& call,
                absl::Time now);

  // Of the stream to be opened now; its timeout is what is left.
  const v1::SampleRequest& request() const { return request_; }
  CallOptions call(absl::Time now) const { return retries_.call(now); }

  // As SampleAssembler::Take().
  absl::Status Take(const v1::SampleResponse& frame);

  // To be called when a stream has ended, with its status or with what was
  // wrong with its frames. How long to wait before the next; nothing where the
  // run is over.
  std::optional<absl::Duration> Next(const absl::Status& status,
                                     absl::Time now);

  // The samples, or why there are none; once, when the run is over.
  absl::StatusOr<Samples> End() { return assembler_.End(outcome_); }

 private:
  void Keep(const v1::SamplingState& state);
  // Makes request_ go on from the newest states.
  void GoOn(absl::Time now);
  // Steps that every row has behind it.
  int64_t SlowestStep() const;
  std::string Checkpoint() const;

  v1::SampleRequest request_;
  const SampleObserver observer_;
  const ClientOptions options_;
  const absl::Time begin_;
  Retries retries_;
  const absl::Duration time_budget_;
  SampleAssembler assembler_;
  std::map<int64_t, v1::SamplingState> newest_;  // By first row; disjoint.
  std::optional<v1::StopReason> stopped_;        // Of this stream.
  bool begun_ = false;  // The server has told version and seed.
  absl::Status outcome_;
};

}  // namespace client
}  // namespace scoreserve

#endif  // SCORESERVE_CLIENT_SRC_SAMPLE_SESSION_H_
