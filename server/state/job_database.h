#ifndef SCORESERVE_SERVER_STATE_JOB_DATABASE_H_
#define SCORESERVE_SERVER_STATE_JOB_DATABASE_H_

#include <cstdint>
#include <initializer_list>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/engine/job_store.h"
#include "server/state/sqlite.h"

namespace scoreserve {

// Opens the database of jobs, or makes it: write-ahead log, every commit
// synced, what is deleted overwritten. DATA_LOSS where its structure is
// damaged, FAILED_PRECONDITION where it is of another version or another
// program's; codes of Database.
absl::StatusOr<Database> OpenJobDatabase(const std::string& path);

// SQLite keeps no sums of its pages, so each record has one of its fields. It
// is the SHA-256 of their SHA-256s.
std::string RecordSum(std::initializer_list<absl::string_view> fields);

// DATA_LOSS, STORAGE_FAILED: "`path`: `record` is damaged".
absl::Status DamagedRecord(const Database& database, absl::string_view record);

// A job as it is recorded. The counts tell when another record has vanished.
struct JobRecord {
  int64_t id = 0;
  StoredJob job;
  int64_t additions = 0;   // Those that are kept.
  int64_t checkpoint = 0;  // The id of the newest.
};

// NOT_FOUND, JOB_NOT_FOUND.
absl::StatusOr<JobRecord> FindJob(Database& database, const std::string& name);
// The same; DATA_LOSS where it is damaged.
absl::StatusOr<JobRecord> ReadJob(Database& database, const std::string& name);

// The row of `query`, which selects * from jobs. Where it is damaged it has an
// id, and job.name and job.damage.
JobRecord JobOfRow(const Database& database, const Statement& query);

// One more than the highest in the table.
absl::StatusOr<int64_t> NextId(Database& database, absl::string_view table);

// Adds it, or replaces the one with its id.
absl::Status WriteJob(Database& database, const JobRecord& record);

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_STATE_JOB_DATABASE_H_
