// SQLite as far as the job store needs it: statements and transactions, with
// statuses.

#ifndef SCORESERVE_SERVER_STATE_SQLITE_H_
#define SCORESERVE_SERVER_STATE_SQLITE_H_

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace scoreserve {

// One database file, which this process alone uses. All errors have the reason
// STORAGE_FAILED and name the file: RESOURCE_EXHAUSTED for a full disk,
// DATA_LOSS for a failing one and for a damaged file, UNAVAILABLE where another
// process uses it, PERMISSION_DENIED, FAILED_PRECONDITION where it cannot be
// opened for another reason, INTERNAL. Thread-compatible.
class Database {
 public:
  // Creates the file where there is none. Nothing of it has been read yet.
  static absl::StatusOr<Database> Open(const std::string& path);

  const std::string& path() const { return path_; }

  // Runs one statement, or several, without results.
  absl::Status Run(const char* sql);

  // `change` whole and on the disk, or not at all; its error is returned.
  // `name` names the moments before and after the commit as failpoints.
  absl::Status InTransaction(absl::string_view name,
                             absl::FunctionRef<absl::Status()> change);

  // Moves what the log holds into the database file, and cuts the log to
  // nothing. Where that fails, it is tried again before the next transaction.
  // No statement may be at a row.
  absl::Status EmptyLog();

  // Whether the log may hold a change that failed: its sync failed, and so has
  // emptying the log. A restart, before the next change, may find it done.
  bool log_is_doubtful() const { return log_is_doubtful_; }

  // What SQLite says of `code`, the result of the last call.
  absl::Status Error(int code) const;

 private:
  friend class Statement;
  struct Close {
    void operator()(sqlite3* handle) const { sqlite3_close(handle); }
  };

  explicit Database(std::string path) : path_(std::move(path)) {}

  void Rollback();

  std::string path_;
  std::unique_ptr<sqlite3, Close> handle_;
  bool must_empty_log_ = false;
  bool log_is_doubtful_ = false;
};

// One statement that is run once:
//
//   Statement query(database, "SELECT id FROM jobs WHERE name = ?");
//   query.Bind(name);
//   while (query.Next()) … query.Int(0) …
//   return query.status();
//
// The first error is kept, and ends it. Thread-compatible.
class Statement {
 public:
  Statement(Database& database, const char* sql);
  ~Statement() { sqlite3_finalize(handle_); }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  // The next parameter. Text is copied; the bytes of a blob must stay until the
  // statement has run.
  Statement& Bind(int64_t value);
  Statement& Bind(absl::string_view text);
  Statement& BindBlob(absl::string_view bytes);

  // True: it is at a row. False: it is done, or status() says why not.
  bool Next();
  // To the end, past all rows.
  absl::Status Run();
  const absl::Status& status() const { return status_; }

  // Columns of the row, from 0. Bytes, of a text too, are valid until Next().
  int64_t Int(int column) const {
    return sqlite3_column_int64(handle_, column);
  }
  absl::string_view Bytes(int column) const;

 private:
  void Keep(int code);  // Its error, if it is one and the first.

  const Database& database_;
  sqlite3_stmt* handle_ = nullptr;
  int bound_ = 0;
  absl::Status status_;
};

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_STATE_SQLITE_H_
