#include "server/state/sqlite_job_store.h"

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "models/io/manifest.h"
#include "models/status.h"
#include "server/state/checkpoint_files.h"
#include "server/state/checkpoint_records.h"
#include "server/state/example_records.h"
#include "server/state/job_database.h"
#include "server/state/sqlite.h"
#include "server/state/state_folder.h"

namespace scoreserve {
namespace {

constexpr int64_t kKeptCheckpoints = 3;

class SqliteJobStore final : public JobStore {
 public:
  SqliteJobStore(StateFolder folder, Database database, CheckpointFiles files)
      : folder_(std::move(folder)),
        files_(std::move(files)),
        database_(std::move(database)) {}

  absl::StatusOr<std::vector<StoredJob>> Jobs() override;
  absl::Status Create(const StoredJob& job,
                      const StoredCheckpoint& first) override;
  absl::Status SetStatus(const std::string& name,
                         const std::string& status) override;
  absl::Status Delete(const std::string& name) override;
  absl::Status Append(absl::Span<const Addition> additions) override;
  absl::Status ReadExamples(
      const std::string& name,
      absl::FunctionRef<absl::Status(const StoredExamples&)> visit) override;
  absl::Status Prune(const std::string& name,
                     absl::FunctionRef<bool(int64_t first_offset, int64_t rows)>
                         needed) override;
  absl::Status SaveCheckpoint(const std::string& name,
                              const StoredCheckpoint& checkpoint) override;
  absl::StatusOr<StoredCheckpoint> ReadCheckpoint(
      const std::string& name,
      absl::FunctionRef<void(const std::string& warning)> warn) override;

 private:
  // Writes the file, then its record and `job` in one transaction, which is
  // called `what`.
  absl::Status Save(absl::string_view what, JobRecord job,
                    const StoredCheckpoint& checkpoint);

  StateFolder folder_;  // The last that goes.
  CheckpointFiles files_;
  Database database_;
};

// `status`, with what would have to be free.
absl::Status Needs(const absl::Status& status, int64_t bytes) {
  if (!absl::IsResourceExhausted(status)) return status;
  return WithReason(absl::ResourceExhaustedError(absl::StrCat(
                        status.message(), "; needs ", bytes, " bytes")),
                    Reason::kStorageFailed);
}

absl::StatusOr<std::vector<StoredJob>> SqliteJobStore::Jobs() {
  Statement query(database_, "SELECT * FROM jobs ORDER BY name");
  std::vector<StoredJob> jobs;
  while (query.Next()) jobs.push_back(JobOfRow(database_, query).job);
  if (!query.status().ok()) return query.status();
  return jobs;
}

absl::Status SqliteJobStore::Create(const StoredJob& job,
                                    const StoredCheckpoint& first) {
  const absl::StatusOr<JobRecord> same = ReadJob(database_, job.name);
  if (same.ok()) {
    return WithReason(
        absl::AlreadyExistsError(absl::StrCat("there is a job ", job.name)),
        Reason::kJobExists);
  }
  if (!absl::IsNotFound(same.status())) return same.status();
  const absl::StatusOr<int64_t> id = NextId(database_, "jobs");
  if (!id.ok()) return id.status();
  JobRecord record = {.id = *id, .job = job};
  record.job.rows = 0;
  return Save("create", std::move(record), first);
}

absl::Status SqliteJobStore::SetStatus(const std::string& name,
                                       const std::string& status) {
  absl::StatusOr<JobRecord> job = ReadJob(database_, name);
  if (!job.ok()) return job.status();
  job->job.status = status;
  return database_.InTransaction("set status",
                                 [&] { return WriteJob(database_, *job); });
}

absl::Status SqliteJobStore::Delete(const std::string& name) {
  const absl::StatusOr<JobRecord> job = FindJob(database_, name);
  if (!job.ok()) return job.status();
  absl::StatusOr<std::vector<std::string>> files;
  absl::Status deleted = database_.InTransaction("delete", [&] {
    files = ForgetCheckpoints(database_, *job, /*kept=*/0);
    if (!files.ok()) return files.status();
    for (const char* sql : {"DELETE FROM additions WHERE job = ?",
                            "DELETE FROM jobs WHERE id = ?"}) {
      absl::Status done = Statement(database_, sql).Bind(job->id).Run();
      if (!done.ok()) return done;
    }
    return absl::OkStatus();
  });
  if (!deleted.ok()) return deleted;
  for (const std::string& file : *files) files_.Delete(file);
  // The job is gone. What fails here is done with the next transaction: the
  // freed pages are overwritten, and only then given back.
  if (database_.EmptyLog().ok()) {
    database_.Run("PRAGMA incremental_vacuum").IgnoreError();
    database_.EmptyLog().IgnoreError();
  }
  return deleted;
}

absl::Status SqliteJobStore::Append(absl::Span<const Addition> additions) {
  std::map<std::string, JobRecord> jobs;
  int64_t bytes = 0;
  for (const Addition& addition : additions) {
    bytes += addition.examples.x.size() * sizeof(float) +
             addition.examples.classes.size() * sizeof(int64_t);
    if (jobs.count(addition.name) > 0) continue;
    absl::StatusOr<JobRecord> job = ReadJob(database_, addition.name);
    if (!job.ok()) return job.status();
    jobs[addition.name] = *std::move(job);
  }
  return Needs(database_.InTransaction(
                   "append",
                   [&] {
                     absl::Status done;
                     for (const Addition& addition : additions) {
                       done = AddExamples(database_, jobs.at(addition.name),
                                          addition.examples);
                       if (!done.ok()) return done;
                     }
                     for (const auto& [name, job] : jobs) {
                       done = WriteJob(database_, job);
                       if (!done.ok()) return done;
                     }
                     return done;
                   }),
               bytes);
}

absl::Status SqliteJobStore::ReadExamples(
    const std::string& name,
    absl::FunctionRef<absl::Status(const StoredExamples&)> visit) {
  const absl::StatusOr<JobRecord> job = ReadJob(database_, name);
  return job.ok() ? VisitExamples(database_, *job, visit) : job.status();
}

absl::Status SqliteJobStore::Prune(
    const std::string& name,
    absl::FunctionRef<bool(int64_t first_offset, int64_t rows)> needed) {
  absl::StatusOr<JobRecord> job = ReadJob(database_, name);
  if (!job.ok()) return job.status();
  return database_.InTransaction("prune", [&] {
    const absl::StatusOr<int64_t> erased =
        EraseExamples(database_, *job, needed);
    if (!erased.ok()) return erased.status();
    job->additions -= *erased;
    return *erased > 0 ? WriteJob(database_, *job) : absl::OkStatus();
  });
}

absl::Status SqliteJobStore::Save(absl::string_view what, JobRecord job,
                                  const StoredCheckpoint& checkpoint) {
  const absl::StatusOr<std::string> file = files_.Write(checkpoint.weights);
  if (!file.ok()) return file.status();
  absl::StatusOr<std::vector<std::string>> forgotten;
  absl::Status saved = database_.InTransaction(what, [&] {
    absl::Status done = AddCheckpoint(database_, job,
                                      {.step = checkpoint.step,
                                       .notes = checkpoint.notes,
                                       .file = *file,
                                       .entry = EntryFor(checkpoint.weights)});
    if (!done.ok()) return done;
    forgotten = ForgetCheckpoints(database_, job, kKeptCheckpoints);
    if (!forgotten.ok()) return forgotten.status();
    return WriteJob(database_, job);
  });
  if (!saved.ok()) {
    if (!database_.log_is_doubtful()) files_.Delete(*file);
    return saved;
  }
  for (const std::string& old : *forgotten) files_.Delete(old);
  return saved;
}

absl::Status SqliteJobStore::SaveCheckpoint(
    const std::string& name, const StoredCheckpoint& checkpoint) {
  absl::StatusOr<JobRecord> job = ReadJob(database_, name);
  if (!job.ok()) return job.status();
  return Save("save checkpoint", *std::move(job), checkpoint);
}

absl::StatusOr<StoredCheckpoint> SqliteJobStore::ReadCheckpoint(
    const std::string& name,
    absl::FunctionRef<void(const std::string& warning)> warn) {
  const absl::StatusOr<JobRecord> job = ReadJob(database_, name);
  if (!job.ok()) return job.status();
  const absl::StatusOr<std::vector<CheckpointRecord>> records =
      Checkpoints(database_, *job, warn);
  if (!records.ok()) return records.status();
  for (const CheckpointRecord& record : *records) {
    absl::StatusOr<std::string> weights =
        files_.Read(record.file, record.entry);
    if (weights.ok()) {
      return StoredCheckpoint{.step = record.step,
                              .notes = record.notes,
                              .weights = *std::move(weights)};
    }
    if (!absl::IsDataLoss(weights.status())) return weights.status();
    warn(std::string(weights.status().message()));
  }
  return DamagedRecord(database_, absl::StrCat("every checkpoint of ", name));
}

}  // namespace

absl::StatusOr<std::unique_ptr<JobStore>> OpenJobStore(
    const std::string& folder) {
  absl::StatusOr<StateFolder> locked = StateFolder::Lock(folder);
  if (!locked.ok()) return locked.status();
  absl::StatusOr<CheckpointFiles> files =
      CheckpointFiles::Open(folder + "/checkpoints");
  if (!files.ok()) return files.status();
  absl::StatusOr<Database> database = OpenJobDatabase(folder + "/jobs.sqlite");
  if (!database.ok()) return database.status();
  // Of one that was killed; where the disk is full it stays.
  database->EmptyLog().IgnoreError();
  const absl::StatusOr<std::set<std::string>> named =
      AllCheckpointFiles(*database);
  if (!named.ok()) return named.status();
  files->DeleteAllBut(*named);
  return std::make_unique<SqliteJobStore>(
      *std::move(locked), *std::move(database), *std::move(files));
}

}  // namespace scoreserve
