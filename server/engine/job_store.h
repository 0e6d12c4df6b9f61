// What of fine-tuning jobs outlives the process.

#ifndef SCORESERVE_SERVER_ENGINE_JOB_STORE_H_
#define SCORESERVE_SERVER_ENGINE_JOB_STORE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace scoreserve {

struct StoredJob {
  std::string name;    // "models/{model}/fineTunes/{id}".
  std::string spec;    // JSON. Never changes.
  std::string status;  // JSON. Replaced by SetStatus().
  // Rows 0 … rows − 1 of its stream are durable.
  int64_t rows = 0;
  // DATA_LOSS, STORAGE_FAILED, with the file, where what is recorded of the job
  // is not what was written: then only its name is known, and all that can be
  // done with it is Delete().
  absl::Status damage = {};
};

// Rows of one job's stream, in data space, that arrived together. Append() only
// borrows what the spans refer to.
struct StoredExamples {
  int64_t first_offset = 0;  // Of the first row, in the stream.
  int64_t rows = 0;
  absl::Span<const float> x = {};          // [rows · dim]
  absl::Span<const int64_t> classes = {};  // [rows], or empty: none.
};

// A job in training, at the end of one step.
struct StoredCheckpoint {
  int64_t step = 0;
  std::string notes;    // JSON: seed, cursor of the rows, the gate's state, …
  std::string weights;  // A safetensors file: TrainerState.
};

// Jobs, their rows and their checkpoints. Whatever a call changes is on the
// disk when it returns OK, and has not happened, now or after a restart, where
// it does not: RESOURCE_EXHAUSTED for a full disk, DATA_LOSS for a failing one,
// reason STORAGE_FAILED, with the file. NOT_FOUND, JOB_NOT_FOUND, for a name
// that is not there. Used by one thread.
class JobStore {
 public:
  virtual ~JobStore() = default;

  // All of them, by name.
  virtual absl::StatusOr<std::vector<StoredJob>> Jobs() = 0;

  // `job.rows` is 0. ALREADY_EXISTS, JOB_EXISTS.
  virtual absl::Status Create(const StoredJob& job,
                              const StoredCheckpoint& first) = 0;
  virtual absl::Status SetStatus(const std::string& name,
                                 const std::string& status) = 0;

  // Erases the job: its rows are overwritten, not only unlinked.
  virtual absl::Status Delete(const std::string& name) = 0;

  struct Addition {
    std::string name;  // The job's.
    StoredExamples examples;
  };
  // All of them or none. The first offset of each is the number of rows that
  // its job has, those of earlier additions included.
  virtual absl::Status Append(absl::Span<const Addition> additions) = 0;

  // Shows what Prune() has left, ascending; stops at the first error of
  // `visit`, which it returns. DATA_LOSS, STORAGE_FAILED, where what is on the
  // disk is not what was written.
  virtual absl::Status ReadExamples(
      const std::string& name,
      absl::FunctionRef<absl::Status(const StoredExamples&)> visit) = 0;

  // Erases the additions none of whose rows are `needed(first_offset, rows)`.
  virtual absl::Status Prune(
      const std::string& name,
      absl::FunctionRef<bool(int64_t first_offset, int64_t rows)> needed) = 0;

  // Keeps the newest few and deletes older ones. After an error the next call
  // takes another file name.
  virtual absl::Status SaveCheckpoint(const std::string& name,
                                      const StoredCheckpoint& checkpoint) = 0;

  // The newest that is what was written; damaged ones are passed over, and each
  // is told to `warn` with its file. DATA_LOSS, STORAGE_FAILED, where none is.
  virtual absl::StatusOr<StoredCheckpoint> ReadCheckpoint(
      const std::string& name,
      absl::FunctionRef<void(const std::string& warning)> warn) = 0;
};

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_ENGINE_JOB_STORE_H_
