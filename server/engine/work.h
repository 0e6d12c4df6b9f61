// What travels from the RPC threads to the device thread, and how answers come
// back.

#ifndef SCORESERVE_SERVER_ENGINE_WORK_H_
#define SCORESERVE_SERVER_ENGINE_WORK_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "models/diagnostics/chain_diagnostics.h"
#include "models/networks/guidance.h"
#include "models/samplers/constraint.h"
#include "models/samplers/sampler.h"
#include "server/engine/block_state.h"
#include "server/engine/clock.h"
#include "server/engine/model_snapshot.h"
#include "server/engine/quantum_task.h"
#include "server/engine/work_ledger.h"

namespace scoreserve {

// The value of `row` where there are none (`absent`), one for all rows, or one
// a row.
template <typename Values, typename Value>
Value ValueOfRow(const Values& values, int64_t row, Value absent) {
  if (values.empty()) return absent;
  return static_cast<Value>(values.size() == 1 ? values[0] : values[row]);
}

// Evaluations of the network that rows first … first + rows of a request take
// each time.
template <typename Request>
int64_t EvaluationsOfRows(const Request& request, int64_t first, int64_t rows) {
  if (request.guidance.empty()) return rows;
  int64_t evaluations = 0;
  for (int64_t row = first; row < first + rows; ++row) {
    evaluations +=
        EvaluationsOf(ValueOfRow(request.condition, row, kNoCondition),
                      ValueOfRow(request.guidance, row, 1.0f));
  }
  return evaluations;
}

// What a query gets.
struct ScoreAnswer {
  absl::Span<const float> scores;  // [rows · dim] in data space.
  // −log p up to a constant, [rows]; empty unless the query asked for it.
  absl::Span<const double> energies = {};
};

// Who waits for a score. Called from the device thread; must not block. Alive
// until Done() returns.
class ScoreSink {
 public:
  virtual ~ScoreSink() = default;
  // Whether nobody waits any more: then the query may be dropped unanswered,
  // and Done() gets CANCELLED.
  virtual bool Cancelled() const = 0;
  // Exactly once. The answer is valid during the call.
  virtual void Done(absl::StatusOr<ScoreAnswer> answer) = 0;
};

// One score query.
struct ScoreQuery {
  std::shared_ptr<const ModelSnapshot> model;
  // [rows · dim] in data space; lives until Done().
  absl::Span<const float> x;
  // None, one for all rows, or one a row; these live until Done().
  absl::Span<const double> labels;
  absl::Span<const int64_t> condition = {};
  absl::Span<const double> guidance = {};
  bool energy = false;  // Wants the energies too.
  Instant deadline = Instant::max();
  ScoreSink* sink = nullptr;
  // Who asks, for the ledger; "": nobody in particular.
  std::string caller = {};
  Ticket ticket;

  int64_t rows() const { return static_cast<int64_t>(x.size()) / model->dim(); }
};

// Why a run ended well before its last step.
enum class StopReason { kTimeBudget, kDraining };

// Who waits for samples. As ScoreSink.
class SampleSink {
 public:
  virtual ~SampleSink() = default;
  virtual bool Cancelled() const = 0;
  // Steps done by the slowest row; as often as the request asks.
  virtual void Progress(int64_t step) = 0;
  // Rows first_row … after `step` steps, in data space, valid during the call.
  virtual void States(int64_t step, int64_t first_row,
                      absl::Span<const float> x) = 0;
  // Where some rows are between two steps, to go on from elsewhere; valid
  // during the call. Only of requests that want states.
  virtual void State(const BlockState& state) = 0;
  // How the rows have mixed so far, and the step that they end with: before
  // each Progress(), and before Done() with samples. Only of requests that want
  // diagnostics.
  virtual void Diagnosed(const ChainSummary& /*summary*/,
                         int64_t /*last_step*/) {}
  // Exactly one of the two, once, last. The samples, [rows · dim] in data space
  virtual void Done(absl::StatusOr<std::vector<float>> samples) = 0;
  // or, of requests that want states, a good end before the last step: State()
  // has told where every row is that has begun.
  virtual void Stopped(StopReason reason) = 0;
};

// One request for samples.
struct SampleRequest {
  std::shared_ptr<const ModelSnapshot> model;
  std::shared_ptr<const SamplerPlan> plan;
  int64_t rows = 0;
  uint64_t seed = 0;
  // [rows · dim] in data space, or empty: the plan's own start. Where
  // noise_start is set they are clean data, to be noised to the first level.
  std::vector<float> start;
  bool noise_start = false;
  // Classes, and weights of classifier-free guidance: none, one for all rows,
  // or one a row.
  std::vector<int64_t> condition = {};
  std::vector<float> guidance = {};
  // What is known of the rows; null: nothing.
  std::shared_ptr<const Constraint> constraint = {};
  // Call States() after every so many steps; 0: never.
  int64_t states_every = 0;
  // Of States(): only the first so many rows; 0: all.
  int64_t states_rows = 0;
  // Call Progress() at least every so many steps, 0: by time alone, and at
  // least this often.
  int64_t progress_every = 0;
  Instant::duration progress_interval = std::chrono::milliseconds(100);
  // Call State() for all live rows about this often, and for those that are
  // done; absent: never.
  std::optional<Instant::duration> state_interval = {};
  // Stop well at the first step from then on.
  Instant stop_at = Instant::max();
  // Where rows go on from; those that are in none begin at their start.
  std::vector<BlockState> resume_from = {};
  // Every pass evaluates the same number of rows, so that the path is the same
  // bit for bit whatever it is batched with.
  bool deterministic = false;
  // Call Diagnosed(); absent: never. Only of plans that are homogeneous. What
  // goes on from states is observed from there on.
  std::optional<DiagnosticsOptions> diagnostics = {};
  Instant deadline = Instant::max();
  SampleSink* sink = nullptr;
  std::string caller = {};  // As ScoreQuery's.
  Ticket ticket;

  bool wants_states() const {
    return state_interval.has_value() || stop_at != Instant::max();
  }
  // Whether its passes evaluate energies: to test proposals, or to show them
  // where there are any; a guided score has none.
  bool needs_energies() const {
    return plan->table.has_metropolis() ||
           (diagnostics.has_value() && model->target.has_energy &&
            guidance.empty());
  }
};

using Work =
    std::variant<ScoreQuery, SampleRequest, std::shared_ptr<QuantumTask>>;

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_ENGINE_WORK_H_
