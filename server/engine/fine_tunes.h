#ifndef SCORESERVE_SERVER_ENGINE_FINE_TUNES_H_
#define SCORESERVE_SERVER_ENGINE_FINE_TUNES_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "models/io/model_config.h"
#include "models/io/model_repository.h"
#include "server/engine/clock.h"
#include "server/engine/engine.h"
#include "server/engine/example_rows.h"
#include "server/engine/fine_tune.h"
#include "server/engine/job_store.h"
#include "server/engine/model_registry.h"
#include "server/engine/worker.h"

namespace scoreserve {

// Who is told that a job changed, until this is destroyed, which waits for a
// call that is under way. That call may ask for the status. Thread-safe.
class FineTuneWatch {
 public:
  virtual ~FineTuneWatch() = default;
  // The newest. NOT_FOUND, JOB_NOT_FOUND, once the job has been deleted.
  virtual absl::StatusOr<FineTuneStatus> Status() const = 0;
};

// The fine-tuning jobs of a server: what the service calls. All that waits for
// the disk is done by the worker, which also calls `done`, exactly once; it
// must not block. Names are "models/{model}/fineTunes/{id}", ids as names of
// models; an unknown one is NOT_FOUND, JOB_NOT_FOUND. Thread-safe.
class FineTunes {
 public:
  using Done = std::function<void(absl::StatusOr<FineTuneStatus>)>;

  struct Parts {  // None is owned; all outlive this.
    JobStore* store = nullptr;
    const ModelRepository* repository = nullptr;
    ModelRegistry* registry = nullptr;
    Engine* engine = nullptr;
    Worker* worker = nullptr;
    const Clock* clock = nullptr;
    // Lines for the operator: what happens, and what has gone wrong.
    std::function<void(const std::string& line)> log = {};
    std::function<void(const std::string& line)> warn = {};
  };

  // Takes up the jobs that the store has: those that ran go on. As JobStore.
  static absl::StatusOr<std::unique_ptr<FineTunes>> Start(const Parts& parts);

  // Ends the quanta, and saves a checkpoint of each running job: drain first.
  virtual ~FineTunes() = default;

  // Starts a job. The same id and spec again is the
  // same job; another spec is ALREADY_EXISTS, JOB_EXISTS. INVALID_ARGUMENT
  // naming the field of the spec; as ModelRegistry::Find().
  virtual void Create(absl::string_view id, const FineTuneSpec& spec,
                      Done done) = 0;

  virtual absl::StatusOr<FineTuneStatus> Get(const std::string& name) const = 0;
  // Of one model, or of all (""), by name.
  virtual std::vector<FineTuneStatus> List(const std::string& model) const = 0;

  // Both may be repeated. FAILED_PRECONDITION, JOB_ENDED, after the end.
  virtual void Pause(const std::string& name, Done done) = 0;
  virtual void Resume(const std::string& name, Done done) = 0;
  // Does nothing after the end.
  virtual void Cancel(const std::string& name, Done done) = 0;
  // Cancels it, and erases its rows and checkpoints; versions that it published
  // stay. `done` gets its last status.
  virtual void Delete(const std::string& name, Done done) = 0;

  // The config that rows of the job are checked against: dim, range, classes.
  virtual absl::StatusOr<std::shared_ptr<const ModelConfig>> ConfigOf(
      const std::string& name) const = 0;

  // Adds rows to the job's stream; `done` gets the number of rows that are
  // durable. Rows before those are taken to be repeats, and are not added
  // again. INVALID_ARGUMENT, OFFSET_GAP, where there is a gap before them; or
  // naming the row that is outside the data's range, or not finite.
  // RESOURCE_EXHAUSTED, QUOTA_REACHED. FAILED_PRECONDITION, JOB_ENDED.
  virtual void Append(const std::string& name, Examples examples,
                      std::function<void(absl::StatusOr<int64_t>)> done) = 0;

  // `changed` is called from any thread, at most every 100 ms while the job
  // trains, and must not block.
  virtual absl::StatusOr<std::unique_ptr<FineTuneWatch>> Watch(
      const std::string& name, std::function<void()> changed) = 0;

  // Someone has moved an alias of `model` back by hand: pauses its jobs.
  virtual void RolledBack(const std::string& model) = 0;
};

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_ENGINE_FINE_TUNES_H_
