#ifndef SCORESERVE_SERVER_ENGINE_EXAMPLE_INTAKE_H_
#define SCORESERVE_SERVER_ENGINE_EXAMPLE_INTAKE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "server/engine/example_rows.h"
#include "server/engine/fine_tuning.h"
#include "server/engine/job_store.h"

namespace scoreserve {

// What is kept of a job's stream. Used by the worker.
struct ExampleStream {
  int64_t rows = 0;         // Durable.
  int64_t kept_rows = 0;    // Of those, not yet pruned.
  int64_t needed_rows = 0;  // Of those, when they were pruned last.
  // First offset and rows of each addition that is kept.
  std::vector<std::pair<int64_t, int64_t>> kept = {};
};

// Makes rows durable, those of all jobs that wait together: one write for many
// messages. Thread-safe.
class ExampleIntake {
 public:
  using Done = std::function<void(absl::StatusOr<int64_t>)>;

  struct Arrival {
    std::shared_ptr<FineTuning> job;
    std::shared_ptr<ExampleStream> stream;  // Of the job.
    Examples examples;
    Done done;
  };

  // Not owned; outlives this.
  explicit ExampleIntake(JobStore* store) : store_(store) {}

  // True where the caller has to have Flush() run by the worker: it is not on
  // its way yet.
  bool Add(Arrival arrival) ABSL_LOCKS_EXCLUDED(mu_);

  // Writes all that has arrived, gives the rows to their jobs, calls `added`
  // with each of these once, then each `done`. By the worker.
  void Flush(absl::FunctionRef<void(const std::shared_ptr<FineTuning>&)> added)
      ABSL_LOCKS_EXCLUDED(mu_);

 private:
  // The rows that are new after the job's first `rows`, if it may have them.
  absl::StatusOr<StoredExamples> Admit(const Arrival& arrival, int64_t rows);

  // Has the store forget rows that no batch and no check will see again, once
  // there may be enough of them, or always.
  absl::Status Prune(FineTuning& job, ExampleStream& stream, bool always);

  JobStore* const store_;
  absl::Mutex mu_;
  std::vector<Arrival> arrivals_ ABSL_GUARDED_BY(mu_);
};

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_ENGINE_EXAMPLE_INTAKE_H_
