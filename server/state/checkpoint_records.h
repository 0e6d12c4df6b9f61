#ifndef SCORESERVE_SERVER_STATE_CHECKPOINT_RECORDS_H_
#define SCORESERVE_SERVER_STATE_CHECKPOINT_RECORDS_H_

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "models/io/manifest.h"
#include "server/state/job_database.h"
#include "server/state/sqlite.h"

namespace scoreserve {

// What the database says of one checkpoint, whose weights lie in a file.
struct CheckpointRecord {
  int64_t step = 0;
  std::string notes;
  std::string file;
  ManifestEntry entry;  // Of the file.
};

// Adds it to those of `job`, whose newest it becomes; the caller writes the
// job.
absl::Status AddCheckpoint(Database& database, JobRecord& job,
                           const CheckpointRecord& record);

// Those of `job`, newest first. A damaged or missing record is passed over and
// told to `warn`.
absl::StatusOr<std::vector<CheckpointRecord>> Checkpoints(
    Database& database, const JobRecord& job,
    absl::FunctionRef<void(const std::string& warning)> warn);

// Deletes all but the newest `kept` records of the job; gives the names of
// their files.
absl::StatusOr<std::vector<std::string>> ForgetCheckpoints(Database& database,
                                                           const JobRecord& job,
                                                           int64_t kept);

// The files of all jobs.
absl::StatusOr<std::set<std::string>> AllCheckpointFiles(Database& database);

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_STATE_CHECKPOINT_RECORDS_H_
