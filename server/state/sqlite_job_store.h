// The job store of a server: a folder of one local disk.
//
//   <folder>/LOCK                            who uses it (state_folder.h)
//   <folder>/jobs.sqlite, jobs.sqlite-wal    jobs, rows, records of checkpoints
//   <folder>/checkpoints/17.safetensors      one checkpoint
//
// A checkpoint is written under a temporary name, synced, renamed, and its
// folder synced; one transaction then records it with its size and SHA-256, and
// forgets all but the newest three. A file that no record names was never
// acknowledged, and goes at the next start.
//
// What was deleted is overwritten in the database, and the log is cut to
// nothing after it. Every record carries its SHA-256, which is verified when it
// is read. One thing cannot be told from a commit that never ended: bits that
// flip in the log of a server that was killed, before it starts again. Such a
// store is as it was at an earlier commit.

#ifndef SCORESERVE_SERVER_STATE_SQLITE_JOB_STORE_H_
#define SCORESERVE_SERVER_STATE_SQLITE_JOB_STORE_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "server/engine/job_store.h"

namespace scoreserve {

// Makes the folder, for this user alone, if need be, and keeps it locked as
// long as the store lives. FAILED_PRECONDITION "… is locked by pid N", or for a
// database of another version; PERMISSION_DENIED; DATA_LOSS for a damaged
// database; RESOURCE_EXHAUSTED. All with reason STORAGE_FAILED and the path.
absl::StatusOr<std::unique_ptr<JobStore>> OpenJobStore(
    const std::string& folder);

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_STATE_SQLITE_JOB_STORE_H_
