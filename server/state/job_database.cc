#include "server/state/job_database.h"

#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "models/io/files.h"
#include "models/io/sha256.h"
#include "models/status.h"

namespace scoreserve {
namespace {

constexpr int64_t kVersion = 1;

// As SQLite keeps them, to the letter: a bit that flips in here would change
// what every statement means.
constexpr const char* kSchema[] = {
    "CREATE TABLE jobs (id INTEGER PRIMARY KEY, name TEXT UNIQUE, spec TEXT, "
    "status TEXT, rows INTEGER, additions INTEGER, checkpoint INTEGER, "
    "sum TEXT)",
    "CREATE TABLE additions (id INTEGER PRIMARY KEY, job INTEGER, "
    "first_offset INTEGER, rows INTEGER, sum TEXT, x BLOB, classes BLOB)",
    "CREATE UNIQUE INDEX additions_of_job ON additions (job, first_offset, "
    "rows)",
    "CREATE TABLE checkpoints (id INTEGER PRIMARY KEY, job INTEGER, "
    "step INTEGER, notes TEXT, file TEXT, size INTEGER, sha256 TEXT, sum TEXT)",
    "CREATE INDEX checkpoints_of_job ON checkpoints (job)",
};

absl::Status Refused(const Database& database, absl::string_view why) {
  return WithReason(
      absl::FailedPreconditionError(absl::StrCat(database.path(), ": ", why)),
      Reason::kStorageFailed);
}

absl::Status Damaged(const Database& database, absl::string_view what) {
  return WithReason(
      absl::DataLossError(absl::StrCat(database.path(), ": is damaged: ", what,
                                       " (move the folder away to begin "
                                       "anew)")),
      Reason::kStorageFailed);
}

absl::StatusOr<std::string> TextOf(Database& database, const char* sql) {
  Statement query(database, sql);
  std::string text;
  while (query.Next()) absl::StrAppend(&text, query.Bytes(0), "\n");
  if (!query.status().ok()) return query.status();
  return text;
}

absl::Status Create(Database& database) {
  return database.InTransaction("create database", [&database] {
    for (const char* sql : kSchema) {
      if (absl::Status made = database.Run(sql); !made.ok()) return made;
    }
    return database.Run(absl::StrCat("PRAGMA user_version=", kVersion).c_str());
  });
}

// Reads every page.
absl::Status CheckStructure(Database& database) {
  std::string expected;
  for (const char* sql : kSchema) absl::StrAppend(&expected, sql, "\n");
  const absl::StatusOr<std::string> schema =
      TextOf(database,
             "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY "
             "rowid");
  if (!schema.ok()) return schema.status();
  if (*schema != expected) return Damaged(database, "its tables have changed");
  const absl::StatusOr<std::string> found =
      TextOf(database, "PRAGMA integrity_check(1)");
  if (!found.ok()) return found.status();
  return *found == "ok\n" ? absl::OkStatus() : Damaged(database, *found);
}

absl::Status Configure(Database& database) {
  // In this order. Exclusive: the log's index is then in memory, not in a file.
  // What is freed is given back where a job is deleted, and not before.
  absl::Status set = database.Run(
      "PRAGMA locking_mode=EXCLUSIVE; PRAGMA auto_vacuum=INCREMENTAL");
  if (!set.ok()) return set;
  const absl::StatusOr<std::string> mode =
      TextOf(database, "PRAGMA journal_mode=WAL");
  if (!mode.ok()) return mode.status();
  if (*mode != "wal\n") return Refused(database, "cannot have a log");
  return database.Run(
      "PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;"
      "PRAGMA cell_size_check=ON; PRAGMA trusted_schema=OFF;"
      "PRAGMA temp_store=MEMORY; PRAGMA journal_size_limit=16777216");
}

absl::Status CreateOrCheckVersion(Database& database) {
  const absl::StatusOr<std::string> version =
      TextOf(database, "PRAGMA user_version");
  if (!version.ok()) return version.status();
  const absl::StatusOr<std::string> tables =
      TextOf(database, "SELECT count(*) FROM sqlite_schema");
  if (!tables.ok()) return tables.status();
  if (*version == "0\n" && *tables == "0\n") return Create(database);
  if (*version == absl::StrCat(kVersion, "\n")) return absl::OkStatus();
  return Refused(database,
                 absl::StrCat("must be a database of version ", kVersion,
                              "; was ", absl::StripSuffix(*version, "\n")));
}

std::string SumOf(const JobRecord& record) {
  return RecordSum({absl::StrCat(record.id), record.job.name, record.job.spec,
                    record.job.status, absl::StrCat(record.job.rows),
                    absl::StrCat(record.additions),
                    absl::StrCat(record.checkpoint)});
}

}  // namespace

absl::StatusOr<Database> OpenJobDatabase(const std::string& path) {
  absl::StatusOr<Database> database = Database::Open(path);
  if (!database.ok()) return database.status();
  absl::Status status = Configure(*database);
  if (status.ok()) status = CreateOrCheckVersion(*database);
  if (status.ok()) status = CheckStructure(*database);
  if (!status.ok()) return status;
  // SQLite syncs the names of its logs, but not of the database. Here, since
  // who made it may have been killed before.
  status = SyncFolder(std::filesystem::path(path).parent_path().string());
  if (!status.ok()) return WithReason(status, Reason::kStorageFailed);
  return database;
}

std::string RecordSum(std::initializer_list<absl::string_view> fields) {
  std::string sums;
  for (const absl::string_view field : fields) {
    absl::StrAppend(&sums, Sha256Hex(field));
  }
  return Sha256Hex(sums);
}

absl::Status DamagedRecord(const Database& database, absl::string_view record) {
  return WithReason(absl::DataLossError(absl::StrCat(database.path(), ": ",
                                                     record, " is damaged")),
                    Reason::kStorageFailed);
}

JobRecord JobOfRow(const Database& database, const Statement& query) {
  JobRecord record = {.id = query.Int(0),
                      .job = {.name = std::string(query.Bytes(1)),
                              .spec = std::string(query.Bytes(2)),
                              .status = std::string(query.Bytes(3)),
                              .rows = query.Int(4)},
                      .additions = query.Int(5),
                      .checkpoint = query.Int(6)};
  if (query.Bytes(7) == SumOf(record)) return record;
  // The index has the id and the name too, and is found to agree when the
  // database is opened.
  const absl::Status damage = DamagedRecord(
      database, absl::StrCat("the record of job '",
                             absl::CHexEscape(record.job.name), "'"));
  return {.id = record.id,
          .job = {.name = record.job.name,
                  .spec = {},
                  .status = {},
                  .rows = 0,
                  .damage = damage}};
}

absl::StatusOr<JobRecord> FindJob(Database& database, const std::string& name) {
  Statement query(database, "SELECT * FROM jobs WHERE name = ?");
  query.Bind(name);
  if (query.Next()) return JobOfRow(database, query);
  if (!query.status().ok()) return query.status();
  return WithReason(absl::NotFoundError(absl::StrCat("there is no job ", name)),
                    Reason::kJobNotFound);
}

absl::StatusOr<JobRecord> ReadJob(Database& database, const std::string& name) {
  absl::StatusOr<JobRecord> record = FindJob(database, name);
  if (record.ok() && !record->job.damage.ok()) return record->job.damage;
  return record;
}

absl::StatusOr<int64_t> NextId(Database& database, absl::string_view table) {
  Statement query(
      database,
      absl::StrCat("SELECT coalesce(max(id), 0) + 1 FROM ", table).c_str());
  if (!query.Next()) return query.status();
  return query.Int(0);
}

absl::Status WriteJob(Database& database, const JobRecord& record) {
  return Statement(database,
                   "REPLACE INTO jobs VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
      .Bind(record.id)
      .Bind(record.job.name)
      .Bind(record.job.spec)
      .Bind(record.job.status)
      .Bind(record.job.rows)
      .Bind(record.additions)
      .Bind(record.checkpoint)
      .Bind(SumOf(record))
      .Run();
}

}  // namespace scoreserve
