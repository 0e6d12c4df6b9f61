#ifndef SCORESERVE_SERVER_SERVICE_SAMPLE_OUTBOX_H_
#define SCORESERVE_SERVER_SERVICE_SAMPLE_OUTBOX_H_

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "scoreserve/v1/sampling.pb.h"
#include "server/engine/block_state.h"
#include "server/engine/work.h"

namespace scoreserve {

// The frames of one Sample stream that are not written yet, in bounded memory:
// the newest progress replaces an older one, and so does the newest of the
// states to resume the same rows from; states to look at are dropped while
// `kMaxStateBytes` of them wait; the first and the last frames are never lost.
// Thread-compatible.
class SampleOutbox {
 public:
  static constexpr int64_t kMaxStateBytes = 4 << 20;
  // Half of what a client takes that has set no limit of its own.
  static constexpr int64_t kChunkBytes = 2 << 20;

  explicit SampleOutbox(int64_t dim) : dim_(dim) {}

  // `identity` is what all states of the run say alike.
  void PutStarted(v1::SamplingState identity, int64_t num_steps);
  void PutProgress(int64_t step);
  // What goes with the next progress, and with the last final frame; and the
  // step that all rows end with, which is num_steps unless it is told here.
  void PutDiagnostics(v1::Diagnostics diagnostics, int64_t last_step);
  // Cut by rows into frames of about kChunkBytes; all of them or none.
  void PutStates(int64_t step, int64_t first_row, absl::Span<const float> x);
  // Where rows stand; cut by rows likewise.
  void PutState(const BlockState& state);
  // The last thing put: the samples as final frames, cut by rows, or a good end
  // before the last step, or an error.
  void PutEnd(std::vector<float> samples);
  void PutEnd(StopReason reason);
  void PutEnd(const absl::Status& status);

  // Fills the next frame. False where nothing is left to write now.
  bool Next(v1::SampleResponse* frame);

  // How the stream ends; absent until PutEnd() and all frames are taken.
  std::optional<absl::Status> end() const;

 private:
  int64_t ChunkRows() const;
  void NextFinal(v1::SampleResponse* frame);

  const int64_t dim_;
  int64_t num_steps_ = 0;
  int64_t last_step_ = 0;
  std::optional<v1::Diagnostics> diagnostics_;  // The newest.
  v1::SamplingState identity_;
  std::optional<v1::SampleStarted> started_;
  std::optional<v1::SampleProgress> progress_;
  std::deque<v1::SampleStates> states_;
  int64_t state_bytes_ = 0;
  std::map<int64_t, v1::SamplingState> resume_;  // By first row.
  std::optional<StopReason> stopped_;
  std::vector<float> samples_;
  int64_t rows_sent_ = 0;
  std::optional<absl::Status> end_;
};

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_SERVICE_SAMPLE_OUTBOX_H_
