#include "server/state/checkpoint_records.h"

#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"

namespace scoreserve {
namespace {

std::string SumOf(int64_t id, int64_t job, const CheckpointRecord& record) {
  return RecordSum({absl::StrCat(id), absl::StrCat(job),
                    absl::StrCat(record.step), record.notes, record.file,
                    absl::StrCat(record.entry.size), record.entry.sha256});
}

}  // namespace

absl::Status AddCheckpoint(Database& database, JobRecord& job,
                           const CheckpointRecord& record) {
  const absl::StatusOr<int64_t> id = NextId(database, "checkpoints");
  if (!id.ok()) return id.status();
  absl::Status added =
      Statement(database,
                "INSERT INTO checkpoints VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
          .Bind(*id)
          .Bind(job.id)
          .Bind(record.step)
          .Bind(record.notes)
          .Bind(record.file)
          .Bind(record.entry.size)
          .Bind(record.entry.sha256)
          .Bind(SumOf(*id, job.id, record))
          .Run();
  if (added.ok()) job.checkpoint = *id;
  return added;
}

absl::StatusOr<std::vector<CheckpointRecord>> Checkpoints(
    Database& database, const JobRecord& job,
    absl::FunctionRef<void(const std::string& warning)> warn) {
  const auto damaged = [&](int64_t id) {
    warn(std::string(
        DamagedRecord(database, absl::StrCat("the record of checkpoint ", id,
                                             " of ", job.job.name))
            .message()));
  };
  Statement query(database,
                  "SELECT id, step, notes, file, size, sha256, sum FROM "
                  "checkpoints WHERE job = ? ORDER BY id DESC");
  query.Bind(job.id);
  std::vector<CheckpointRecord> records;
  bool newest_seen = false;
  while (query.Next()) {
    CheckpointRecord record = {
        .step = query.Int(1),
        .notes = std::string(query.Bytes(2)),
        .file = std::string(query.Bytes(3)),
        .entry = {.size = query.Int(4), .sha256 = std::string(query.Bytes(5))}};
    const int64_t id = query.Int(0);
    newest_seen = newest_seen || id == job.checkpoint;
    if (query.Bytes(6) == SumOf(id, job.id, record)) {
      records.push_back(std::move(record));
    } else {
      damaged(id);
    }
  }
  if (!query.status().ok()) return query.status();
  if (!newest_seen) damaged(job.checkpoint);
  return records;
}

absl::StatusOr<std::vector<std::string>> ForgetCheckpoints(Database& database,
                                                           const JobRecord& job,
                                                           int64_t kept) {
  Statement erase(database,
                  "DELETE FROM checkpoints WHERE job = ? AND id NOT IN (SELECT "
                  "id FROM checkpoints WHERE job = ? ORDER BY id DESC LIMIT ?) "
                  "RETURNING file");
  erase.Bind(job.id).Bind(job.id).Bind(kept);
  std::vector<std::string> files;
  while (erase.Next()) files.emplace_back(erase.Bytes(0));
  if (!erase.status().ok()) return erase.status();
  return files;
}

absl::StatusOr<std::set<std::string>> AllCheckpointFiles(Database& database) {
  Statement query(database, "SELECT file FROM checkpoints");
  std::set<std::string> files;
  while (query.Next()) files.emplace(query.Bytes(0));
  if (!query.status().ok()) return query.status();
  return files;
}

}  // namespace scoreserve
