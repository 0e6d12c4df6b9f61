#ifndef SCORESERVE_FINE_TUNING_H_
#define SCORESERVE_FINE_TUNING_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "scoreserve/models.h"
#include "scoreserve/sampling.h"

namespace scoreserve {
inline namespace client {

// Which rows of a job's stream it trains on.
enum class BufferPolicy {
  kWindow,     // The newest.
  kReservoir,  // A uniform sample of all so far.
};

// What a fine-tuning job is asked to do. docs/fine-tuning.md says more.
struct FineTuneSpec {
  // The version that it starts from, of the model that it publishes to.
  ModelRef base = {};
  // The alias whose version new weights have to be better than, and which
  // publishing moves: "stable" or "canary".
  std::string alias = "stable";
  // What is minimised: a name of Client::ListObjectives(), and its options.
  std::string objective = "sliced";
  OptionValues objective_options = {};
  // Of ObjectiveList::trainer_options.
  OptionValues trainer_options = {};
  // Decides which rows are held out, batches and noise.
  uint64_t seed = 0;
  int64_t steps = 0;  // The job ends after so many; 0: when it is cancelled.
  BufferPolicy policy = BufferPolicy::kWindow;
  int64_t capacity = 65536;  // Rows that are trained on; 1 to 2^24.
  // Training begins once so many are there; 0: a batch's.
  int64_t min_rows = 0;
  // Of rows that are never trained on, to compare versions by; 0 to 0.9. With 0
  // nothing is ever published.
  double hold_out_share = 0.1;
  // What versions are compared by; empty: the objective above.
  std::string gate_objective = {};
  OptionValues gate_objective_options = {};
  // The least time between two comparisons, and between two checkpoints, which
  // is what a crash costs at most; at least 0 s and 0.1 s.
  absl::Duration publish_interval = absl::Seconds(10);
  absl::Duration checkpoint_interval = absl::Seconds(10);
  // Quotas: rows of the stream in all, and bytes of those that are kept.
  int64_t max_rows = int64_t{1} << 32;
  int64_t max_bytes = int64_t{1} << 30;
};

enum class FineTuneState {
  kUnknown,    // One that this library does not know.
  kRunning,    // Training, or waiting for rows; `note` says which.
  kPaused,     // By a call, or by a rollback; `note` says which.
  kSucceeded,  // All steps are done.
  kCancelled,
  kFailed,  // `error` says why. Its rows and state are kept until deleted.
};
inline bool HasEnded(FineTuneState state) {
  return state == FineTuneState::kSucceeded ||
         state == FineTuneState::kCancelled || state == FineTuneState::kFailed;
}

// Two versions on the same held-out rows, with the same draws.
struct GateCheck {
  int64_t step = 0;
  int64_t rows = 0;
  double hold_out = 0.0;  // The job's mean loss.
  // How much less that is than the loss of the version in service, and the
  // standard error of that. What exceeds three of them is published.
  double improvement = 0.0;
  double standard_error = 0.0;
  int64_t reference_version = 0;  // The version in service.
};

struct PublishedVersion {
  int64_t version = 0;
  absl::Time time = {};
  GateCheck check = {};
  bool rolled_back = false;
};

// A fine-tuning job, and how far it is.
struct FineTune {
  std::string name = {};  // "models/{model}/fineTunes/{id}".
  FineTuneSpec spec = {};
  int64_t base_version = 0;  // Which spec.base was.
  FineTuneState state = FineTuneState::kUnknown;
  // Why it failed; else what went wrong with the disk last, until it is right
  // again.
  absl::Status error = {};
  std::string note = {};  // Why it is paused, or what it waits for.
  absl::Time created = {}, updated = {};
  std::optional<absl::Time> ended = {};

  int64_t step = 0;                 // Steps done.
  std::optional<double> loss = {};  // Of the last batch.
  double steps_per_second = 0.0;
  int64_t skipped_steps = 0;    // Those whose loss was not finite.
  int64_t rows = 0;             // That are durable.
  int64_t hold_out_rows = 0;    // Of these, held out.
  int64_t training_rows = 0;    // Visible to batches now.
  int64_t checkpoint_step = 0;  // Of the newest durable checkpoint.
  std::optional<GateCheck> first_check = {}, last_check = {};
  // Why the last check did not publish, or why there is none yet.
  std::string not_published = {};
  std::vector<PublishedVersion> published =
      {};  // Oldest first; the newest 100.
};

struct ObjectiveInfo {
  std::string name = {};
  std::string help = {};
  std::vector<OptionInfo> options = {};
};

struct ObjectiveList {
  std::vector<ObjectiveInfo> objectives = {};
  std::vector<OptionInfo> trainer_options = {};
};

// Told of a job while it is watched, by the thread that waits. What is not set
// is not told.
struct FineTuneObserver {
  // As it is now, and whenever it has changed, ten times a second at most.
  std::function<void(const FineTune&)> on_status = {};
  // Before the watch goes on after a failure; attempts in a row, from 1.
  std::function<void(int attempt, const absl::Status& why)> on_resume = {};
};

// Rows first, first + 1, … of a job's stream, in data space. What the spans
// point at lives until the source is called again.
struct ExampleRows {
  int64_t rows = 0;
  absl::Span<const float> x = {};  // [rows, dim]
  // Where the model takes classes: one for all rows, or one a row; -1: none.
  absl::Span<const int64_t> classes = {};
};

// Gives rows from `first` on, as many as make a good message (a megabyte, and
// at most ClientOptions::max_message_bytes); 0 rows: there are no more. It is
// asked for what comes after that, and never again for what it has given. The
// first call asks for the first row that the job does not have. An error ends
// the stream with it.
using ExampleSource = std::function<absl::StatusOr<ExampleRows>(int64_t first)>;

// All of `rows`, of which the first is row 0 of the stream, in messages of
// about a megabyte. The spans outlive the source.
ExampleSource RowsSource(const ExampleRows& rows);

// Told of a stream of rows as it gets on. What is not set is not told.
struct ExampleObserver {
  // So many rows of the job's stream are durable; by a thread of the library's,
  // one call at a time, beside the source's. Must not block.
  std::function<void(int64_t rows)> on_acknowledged = {};
  // Before another stream is opened, by the thread that waits; attempts in a
  // row that have got no further, from 1.
  std::function<void(int attempt, const absl::Status& why)> on_resume = {};
};

// "models/{model}/fineTunes/{id}".
std::string FineTuneName(absl::string_view model, absl::string_view id);

}  // namespace client
}  // namespace scoreserve

#endif  // SCORESERVE_FINE_TUNING_H_
