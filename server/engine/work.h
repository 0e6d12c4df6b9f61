// What travels from the RPC threads to the device thread, and how answers come
// back.

#ifndef SCORESERVE_SERVER_ENGINE_WORK_H_
#define SCORESERVE_SERVER_ENGINE_WORK_H_

#include <cstdint>
#include <memory>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "models/samplers/sampler.h"
#include "server/engine/clock.h"
#include "server/engine/model_snapshot.h"
#include "server/engine/work_ledger.h"

namespace scoreserve {

// Who waits for a score. Called from the device thread; must not block. Alive
// until Done() returns.
class ScoreSink {
 public:
  virtual ~ScoreSink() = default;
  // Whether nobody waits any more: then the query may be dropped unanswered,
  // and Done() gets CANCELLED.
  virtual bool Cancelled() const = 0;
  // Exactly once. The scores, [rows · dim] in data space, valid during the
  // call.
  virtual void Done(absl::StatusOr<absl::Span<const float>> scores) = 0;
};

// One score query.
struct ScoreQuery {
  std::shared_ptr<const ModelSnapshot> model;
  // [rows · dim] in data space; lives until Done().
  absl::Span<const float> x;
  // None, one for all rows, or one a row; lives until Done().
  absl::Span<const double> labels;
  Instant deadline = Instant::max();
  ScoreSink* sink = nullptr;
  Ticket ticket;

  int64_t rows() const { return static_cast<int64_t>(x.size()) / model->dim(); }
};

// Who waits for samples. As ScoreSink.
class SampleSink {
 public:
  virtual ~SampleSink() = default;
  virtual bool Cancelled() const = 0;
  // Steps done by the slowest row; a few times a second.
  virtual void Progress(int64_t step) = 0;
  // Rows first_row … after `step` steps, in data space, valid during the call.
  virtual void States(int64_t step, int64_t first_row,
                      absl::Span<const float> x) = 0;
  // Exactly once, last: the samples, [rows · dim] in data space.
  virtual void Done(absl::StatusOr<std::vector<float>> samples) = 0;
};

// One request for samples.
struct SampleRequest {
  std::shared_ptr<const ModelSnapshot> model;
  std::shared_ptr<const SamplerPlan> plan;
  int64_t rows = 0;
  uint64_t seed = 0;
  // [rows · dim] in data space, or empty: the plan's own start.
  std::vector<float> start;
  // Call States() after every so many steps; 0: never.
  int64_t states_every = 0;
  Instant deadline = Instant::max();
  SampleSink* sink = nullptr;
  Ticket ticket;
};

using Work = std::variant<ScoreQuery, SampleRequest>;

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_ENGINE_WORK_H_
