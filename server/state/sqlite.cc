#include "server/state/sqlite.h"

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "models/io/failpoint.h"
#include "models/status.h"

namespace scoreserve {
namespace {

absl::StatusCode CodeOf(int code, int error_number) {
  // What the system says is more than what SQLite makes of it.
  switch (error_number) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      return absl::StatusCode::kResourceExhausted;
    case EACCES:
    case EPERM:
    case EROFS:
      return absl::StatusCode::kPermissionDenied;
  }
  switch (code & 0xff) {
    case SQLITE_FULL:
      return absl::StatusCode::kResourceExhausted;
    case SQLITE_IOERR:
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return absl::StatusCode::kDataLoss;
    case SQLITE_BUSY:
      return absl::StatusCode::kUnavailable;
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return absl::StatusCode::kPermissionDenied;
    case SQLITE_CANTOPEN:
      return absl::StatusCode::kFailedPrecondition;
  }
  return absl::StatusCode::kInternal;
}

}  // namespace

absl::StatusOr<Database> Database::Open(const std::string& path) {
  Database database(path);
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(
      path.c_str(), &handle,
      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
      nullptr);
  database.handle_.reset(handle);
  if (code != SQLITE_OK) return database.Error(code);
  sqlite3_extended_result_codes(handle, 1);
  // It was opened all the same where it may only be read.
  if (sqlite3_db_readonly(handle, "main") != 0) {
    return database.Error(SQLITE_READONLY);
  }
  return database;
}

absl::Status Database::Error(int code) const {
  const bool file_failed = (code & 0xff) == SQLITE_IOERR ||
                           (code & 0xff) == SQLITE_FULL ||
                           (code & 0xff) == SQLITE_CANTOPEN;
  // The number is that of the last failure, which may be long past.
  const int error_number =
      file_failed ? sqlite3_system_errno(handle_.get()) : 0;
  std::string message = absl::StrCat(path_, ": ", sqlite3_errstr(code));
  const absl::string_view detail = sqlite3_errmsg(handle_.get());
  if (detail != sqlite3_errstr(code)) absl::StrAppend(&message, ": ", detail);
  if (error_number != 0) {
    const absl::Status system = absl::ErrnoToStatus(error_number, message);
    message = std::string(system.message());
  }
  return WithReason(absl::Status(CodeOf(code, error_number), message),
                    Reason::kStorageFailed);
}

absl::Status Database::Run(const char* sql) {
  const int code = sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr);
  return code == SQLITE_OK ? absl::OkStatus() : Error(code);
}

absl::Status Database::InTransaction(absl::string_view name,
                                     absl::FunctionRef<absl::Status()> change) {
  if (must_empty_log_) EmptyLog().IgnoreError();
  absl::Status done = Run("BEGIN IMMEDIATE");
  if (done.ok()) done = change();
  if (!done.ok()) {
    Rollback();
    return done;
  }
  Failpoint(absl::StrCat(name, ": before commit"));
  done = Run("COMMIT");
  if (done.ok()) {
    Failpoint(absl::StrCat(name, ": committed"));
    log_is_doubtful_ = false;
    return done;
  }
  // All of the change may then lie in the log.
  const bool sync_failed =
      sqlite3_extended_errcode(handle_.get()) == SQLITE_IOERR_FSYNC;
  Rollback();
  log_is_doubtful_ = !EmptyLog().ok() && (sync_failed || log_is_doubtful_);
  return done;
}

void Database::Rollback() {
  // Some errors have ended the transaction by themselves.
  if (sqlite3_get_autocommit(handle_.get()) == 0) {
    Run("ROLLBACK").IgnoreError();
  }
}

absl::Status Database::EmptyLog() {
  absl::Status emptied = Run("PRAGMA wal_checkpoint(TRUNCATE)");
  must_empty_log_ = !emptied.ok();
  if (emptied.ok()) log_is_doubtful_ = false;
  return emptied;
}

Statement::Statement(Database& database, const char* sql)
    : database_(database) {
  Keep(sqlite3_prepare_v2(database.handle_.get(), sql, -1, &handle_, nullptr));
}

void Statement::Keep(int code) {
  if (status_.ok() && code != SQLITE_OK && code != SQLITE_ROW &&
      code != SQLITE_DONE) {
    status_ = database_.Error(code);
  }
}

Statement& Statement::Bind(int64_t value) {
  if (status_.ok()) Keep(sqlite3_bind_int64(handle_, ++bound_, value));
  return *this;
}

Statement& Statement::Bind(absl::string_view text) {
  if (status_.ok()) {
    // A null pointer would be NULL.
    Keep(sqlite3_bind_text64(handle_, ++bound_, text.empty() ? "" : text.data(),
                             text.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
  }
  return *this;
}

Statement& Statement::BindBlob(absl::string_view bytes) {
  if (status_.ok()) {
    Keep(sqlite3_bind_blob64(handle_, ++bound_,
                             bytes.empty() ? "" : bytes.data(), bytes.size(),
                             SQLITE_STATIC));
  }
  return *this;
}

bool Statement::Next() {
  if (!status_.ok()) return false;
  const int code = sqlite3_step(handle_);
  Keep(code);
  return code == SQLITE_ROW;
}

absl::Status Statement::Run() {
  while (Next()) {
  }
  return status_;
}

absl::string_view Statement::Bytes(int column) const {
  const void* bytes = sqlite3_column_blob(handle_, column);
  const int size = sqlite3_column_bytes(handle_, column);
  return {static_cast<const char*>(bytes), static_cast<size_t>(size)};
}

}  // namespace scoreserve
