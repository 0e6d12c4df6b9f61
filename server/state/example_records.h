#ifndef SCORESERVE_SERVER_STATE_EXAMPLE_RECORDS_H_
#define SCORESERVE_SERVER_STATE_EXAMPLE_RECORDS_H_

#include <cstdint>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/engine/job_store.h"
#include "server/state/job_database.h"
#include "server/state/sqlite.h"

namespace scoreserve {

// Adds rows to those of `job`, whose counts it raises; the caller writes the
// job. INVALID_ARGUMENT where they do not follow the last ones.
absl::Status AddExamples(Database& database, JobRecord& job,
                         const StoredExamples& examples);

// As JobStore::ReadExamples() and Prune(); the latter gives the number of
// additions that it erased.
absl::Status VisitExamples(
    Database& database, const JobRecord& job,
    absl::FunctionRef<absl::Status(const StoredExamples&)> visit);
absl::StatusOr<int64_t> EraseExamples(
    Database& database, const JobRecord& job,
    absl::FunctionRef<bool(int64_t first_offset, int64_t rows)> needed);

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_STATE_EXAMPLE_RECORDS_H_
