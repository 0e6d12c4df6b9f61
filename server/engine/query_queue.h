#ifndef SCORESERVE_SERVER_ENGINE_QUERY_QUEUE_H_
#define SCORESERVE_SERVER_ENGINE_QUERY_QUEUE_H_

#include <cstdint>
#include <deque>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "server/engine/clock.h"
#include "server/engine/device.h"
#include "server/engine/metrics.h"
#include "server/engine/work.h"

namespace scoreserve {

// The queries of one lane, earliest rank first (scheduler.h, RankOf): which
// rows wait, which lie in the pass that is being computed. A query is answered
// whole, or in parts where it is larger than the reserve. One thread: the
// device's.
class QueryQueue {
 public:
  // `model` and `metrics` outlive the queue.
  QueryQueue(const ModelSnapshot* model, EngineMetrics* metrics)
      : model_(model), metrics_(metrics) {}

  // `passes_begun` is the device's count when the query was taken, at `now`.
  void Add(ScoreQuery query, int64_t passes_begun, Instant now);

  bool empty() const { return queries_.empty(); }

  // What waits and lies in no pass: the evaluations that it takes, and the
  // device's count of passes when the oldest was taken (0 where none waits).
  struct Waits {
    int64_t evaluations = 0;
    int64_t passes_begun = 0;
  };
  Waits waits() const;

  // Ends what is cancelled or past its deadline.
  void DropDead(Instant now);

  // Appends to `pass` the rows that it takes (scheduler.h, ShareFreeRows), and
  // returns what evaluations they come to: at most `free_rows`.
  int64_t Take(int64_t free_rows, int64_t reserve, Pass& pass);

  // Answers what was taken: its scores lie in `pass` from `first_row` on,
  // unless `status` is bad and ends it. `pass_number` counts the device's
  // passes.
  void Deliver(const absl::Status& status, int64_t first_row, Pass& pass,
               int64_t pass_number);

  // Ends everything with `status`.
  void FailAll(const absl::Status& status);

 private:
  struct Waiting {
    ScoreQuery query;  // Its sink is null once it has been answered.
    int64_t passes_begun = 0;
    Instant rank;
    int64_t rows_done = 0;             // Of a query that is answered in parts.
    int64_t rows_in_pass = 0;          // In the pass being computed.
    std::vector<float> parts;          // Their scores, in data space,
    std::vector<double> energy_parts;  // and energies where it asked for them.
  };

  // Its rows lie in `pass` from `first_row` on.
  void AnswerPart(Waiting& waiting, int64_t first_row, Pass& pass,
                  int64_t pass_number);
  void End(Waiting& waiting, absl::StatusOr<ScoreAnswer> result);
  void RemoveEnded();
  // Counts rows in and out, here and in the metrics.
  void CountWaiting(int64_t rows);

  const ModelSnapshot* const model_;
  EngineMetrics* const metrics_;
  std::deque<Waiting> queries_;
  std::vector<int64_t> rows_, take_;  // Scratch, reused.
};

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_ENGINE_QUERY_QUEUE_H_
