// A fine-tuning job as values: what it was asked to do, and how far it is.

#ifndef SCORESERVE_SERVER_ENGINE_FINE_TUNE_H_
#define SCORESERVE_SERVER_ENGINE_FINE_TUNE_H_

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "models/io/model_config.h"
#include "models/options.h"
#include "models/training/example_buffer_options.h"

namespace scoreserve {

// What a job is. Immutable once it was created.
struct FineTuneSpec {
  std::string model;
  // The version whose weights it starts from: a version, or an alias, or, with
  // neither, the one in service. Afterwards the job needs it no more.
  std::optional<int64_t> base_version = {};
  std::optional<std::string> base_alias = {};
  // The alias whose version new weights are compared with, and which publishing
  // moves.
  std::string alias = "stable";
  std::string objective = "sliced";
  OptionValues objective_options = {};
  // Of the trainer's option table. Its `steps`, the length of the learning
  // rate's cosine, is 0 unless it is given here.
  OptionValues trainer_options = {};
  uint64_t seed = 0;
  int64_t steps = 0;  // The job ends after so many; 0: when it is cancelled.
  ExampleBufferOptions buffer = {};
  // Training begins once so many rows are visible to batches; 0: a batch's.
  int64_t min_rows = 0;
  // What the gate compares by; empty: the job's own objective.
  std::string gate_objective = {};
  OptionValues gate_objective_options = {};
  absl::Duration publish_interval = absl::Seconds(10);  // Between checks.
  absl::Duration checkpoint_interval = absl::Seconds(10);
  // Quotas. Rows of the stream in all, and bytes of the rows that are kept.
  int64_t max_rows = int64_t{1} << 32;
  int64_t max_bytes = int64_t{1} << 30;

  friend bool operator==(const FineTuneSpec&, const FineTuneSpec&) = default;
};

enum class FineTuneState {
  kRunning,    // Training, or waiting for rows.
  kPaused,     // By a call, or by a rollback; Resume() goes on.
  kSucceeded,  // All steps are done.
  kCancelled,
  kFailed,  // `error` says why. Its state is kept until it is deleted.
};
inline bool HasEnded(FineTuneState state) {
  return state != FineTuneState::kRunning && state != FineTuneState::kPaused;
}

// Losses of two versions on the same held-out rows, with the same draws.
struct FineTuneComparison {
  int64_t step = 0;
  int64_t rows = 0;
  double hold_out = 0.0;     // The candidate's mean loss.
  double improvement = 0.0;  // Mean of reference − candidate, over the rows.
  double standard_error = 0.0;
  int64_t reference_version = 0;
};

struct PublishedVersion {
  int64_t version = 0;
  absl::Time time;
  FineTuneComparison comparison;  // With the version that was in service.
  bool rolled_back = false;
};

// How a job is doing: a copy.
struct FineTuneStatus {
  std::string name;  // "models/{model}/fineTunes/{id}".
  FineTuneSpec spec;
  int64_t base_version = 0;  // Which it was.
  FineTuneState state = FineTuneState::kRunning;
  // Of kFailed; else what went wrong with the disk last, until it is right
  // again.
  absl::Status error;
  // For people: why it is paused, or what it waits for; empty while it trains.
  std::string note;
  absl::Time created, updated;
  std::optional<absl::Time> ended;

  int64_t step = 0;  // Steps done.
  // Of the last batch; NaN before the first.
  double loss = std::numeric_limits<double>::quiet_NaN();
  double steps_per_second = 0.0;  // Over the last seconds; 0 while it waits.
  int64_t skipped_steps = 0;      // Those whose loss was not finite.
  int64_t rows = 0;               // Acknowledged.
  int64_t training_rows = 0;      // Visible to batches.
  int64_t hold_out_rows = 0;      // Held out of the acknowledged.
  int64_t checkpoint_step = 0;    // Of the newest durable one.
  // The first check and the last one, and why that did not publish; empty where
  // it did, or there was none.
  std::optional<FineTuneComparison> first_check, last_check;
  std::string not_published;
  std::vector<PublishedVersion> published;  // Oldest first; the newest 100.
};

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_ENGINE_FINE_TUNE_H_
