#ifndef SCORESERVE_SAMPLING_H_
#define SCORESERVE_SAMPLING_H_

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "scoreserve/condition.h"
#include "scoreserve/models.h"

namespace scoreserve {
inline namespace client {

// Options of a sampler by name, as its table has them. An integer is taken
// where a number is wanted; nothing else is converted.
using OptionValue = std::variant<bool, int64_t, double, std::string>;
using OptionValues = std::map<std::string, OptionValue>;

// One row of a sampler's option table.
struct OptionInfo {
  std::string name = {};
  std::string help = {};
  std::string type = {};  // flag, integer, number or text.
  std::string rule = {};  // In words: "more than 0".
  std::optional<OptionValue> default_value = {};  // Absent: must be given.
};

// A served model that a sampler runs on, and options to begin with there.
struct SamplerExample {
  std::string model = {};
  OptionValues options = {};
};

struct SamplerInfo {
  std::string name = {};
  std::string help = {};
  std::vector<OptionInfo> options = {};
  std::vector<SamplerExample> examples = {};  // By model.
};

// Measured coordinates, in data space: of all rows alike (rows = 1), or of each
// row of the query. docs/sampling.md says how far off the result is.
struct MaskQuery {
  int64_t rows = 1;
  absl::Span<const float> value = {};  // [rows, dim], as deviation.
  // The standard deviation of each value: 0 is known exactly, infinity leaves
  // the coordinate free.
  absl::Span<const float> deviation = {};
};

// Bounds for every coordinate, in data space; R+ is lower = 0.
struct DomainQuery {
  std::optional<double> lower = {}, upper = {};
  bool reflect = false;  // Mirror at the boundary, instead of projecting to it.
};

// Asks how well the rows mix, each of which is a chain then: of samplers that
// leave a density invariant (langevin, underdamped_langevin, mala); others
// refuse it. Does not change the samples.
struct DiagnosticsQuery {
  // Steps at the beginning that do not count: at least 0, and fewer than all.
  int64_t burn_in = 0;
  // End the run, with all rows at one step, once the largest split R̂ is at most
  // this, more than 1; absent: never. A heuristic: chains that all miss a mode
  // agree too.
  std::optional<double> stop_at_r_hat = {};
};

// How one quantity mixes over all chains. docs/sampling.md says what the
// numbers mean.
struct Mixing {
  std::string quantity = {};
  double mean = 0.0;  // NaN before the first step that counts.
  // Both NaN until 64 steps count, and where nothing moves.
  double split_r_hat = 0.0;            // 1 where the chains agree.
  double effective_sample_size = 0.0;  // Of all chains together.
};

// How well the chains of a run have mixed over the steps that count. Where a
// run goes on on another stream, these are the steps from there on.
struct Diagnostics {
  int64_t chains = 0;  // Rows that are observed: the first 1,024 at most.
  int64_t steps = 0;   // After burn-in, of the row that has fewest.
  // The share of proposals that were accepted; only of samplers that test.
  std::optional<double> acceptance_rate = {};
  double mean_score_norm = 0.0;  // In model space.
  // "score_norm", "energy" where the model has one, "projection_0" to
  // "projection_7": rows along fixed random directions. All in model space.
  std::vector<Mixing> mixing = {};
};

// What it takes to go on with a run that was stopped: opaque, and to be stored
// as it is.
struct SampleCheckpoint {
  std::string bytes = {};
};

// Asks for samples. The spans are read before the call that takes the query
// returns, and not after.
struct SampleQuery {
  ModelRef model = {};
  std::string sampler = {};
  OptionValues options = {};
  int64_t rows = 1;

  // Same model version, seed, start and options: the same noise bit for bit.
  // Without one the server draws it.
  std::optional<uint64_t> seed = {};

  // [rows, dim], in data space: where the rows start. Empty: the sampler's own
  // start.
  absl::Span<const float> start = {};
  // `start` is clean data, to be noised to the sampler's first level (SDEdit).
  bool noise_start = false;

  Condition condition = {};
  std::optional<MaskQuery> mask = {};
  std::optional<DomainQuery> domain = {};

  // Send the rows' positions every so many steps, 0: never; or, in its place,
  // about so many times evenly spread over the run, 0: never; and only those of
  // the first so many rows, 0: of all.
  int64_t states_every = 0;
  int64_t states_count = 0;
  int64_t states_rows = 0;
  // Tell how far it is every so many steps, 0: by time alone; and this often.
  int64_t progress_every = 0;
  absl::Duration progress_interval = absl::Milliseconds(100);
  std::optional<DiagnosticsQuery> diagnostics = {};

  // Where the connection breaks or the server drains, the run goes on by itself
  // from the newest state of its rows, on whichever server answers: up to
  // ClientOptions::max_attempts times in a row without getting further. States
  // come this often, at least 1 ms, and are at most 48 MiB; what none has come
  // of begins again, under the same seed.
  bool resumable = true;
  absl::Duration state_interval = absl::Seconds(1);

  // End after so much time on the server, at least 1 ms: DEADLINE_EXCEEDED,
  // where observer.on_stop was given what it takes to go on.
  absl::Duration time_budget = absl::InfiniteDuration();
  // Goes on from there; all else must be as it was. Empty: from the start.
  SampleCheckpoint resume_from = {};

  // The samples are the same bit for bit whatever else the server does, and on
  // all servers with the same SampleStart::numerics. Costs time.
  bool deterministic = false;
  // Of a deterministic run that goes on: only where the bits stay the same,
  // else FAILED_PRECONDITION with reason INEXACT.
  bool require_exact = false;
};

// What is going to be run.
struct SampleStart {
  int64_t version = 0;
  uint64_t seed = 0;
  int64_t num_steps = 0;
  std::string numerics = {};  // What the bits depend on at this server.
};

// Steps that the slowest row has done.
struct SampleStep {
  int64_t step = 0;
  int64_t num_steps = 0;
  std::optional<Diagnostics> diagnostics = {};  // Where they were asked for.
};

// Where rows first_row, first_row + 1, … are after `step` steps. `x` is valid
// until the callback that is given it returns.
struct SampleState {
  int64_t step = 0;
  int64_t first_row = 0;
  int64_t rows = 0;
  absl::Span<const float> x = {};  // [rows, dim], in data space.
};

// A run goes on, on another stream.
struct SampleResume {
  int attempt = 0;        // In a row, from 1.
  int64_t step = 0;       // Steps of every row that need not be done again.
  absl::Status why = {};  // How the stream before ended.
};

// Told of a sampler's frames as they arrive, one at a time and in order: by the
// thread that waits in Client::Sample(), by a thread of gRPC's for
// SampleAsync(). What is not set is not told.
struct SampleObserver {
  std::function<void(const SampleStart&)> on_start = {};
  std::function<void(const SampleStep&)> on_step = {};
  std::function<void(const SampleState&)> on_state = {};
  // Before another stream is opened, with all that has been told so far done or
  // to be done again.
  std::function<void(const SampleResume&)> on_resume = {};
  // Once, where the time budget ended the run.
  std::function<void(const SampleCheckpoint&)> on_stop = {};
};

// All samples of one run.
struct Samples {
  SampleStart start = {};
  int64_t rows = 0;
  int64_t dim = 0;
  std::vector<float> x = {};  // [rows, dim], in data space.
  // Steps made: start.num_steps, or fewer where stop_at_r_hat was reached.
  int64_t steps = 0;
  std::optional<Diagnostics> diagnostics = {};  // Where they were asked for.
};

}  // namespace client
}  // namespace scoreserve

#endif  // SCORESERVE_SAMPLING_H_
