#include "server/state/example_records.h"

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "models/status.h"

namespace scoreserve {
namespace {

// Numbers are kept as they lie in memory.
static_assert(std::endian::native == std::endian::little);

template <typename T>
absl::string_view BytesOf(absl::Span<const T> values) {
  return {reinterpret_cast<const char*>(values.data()),
          values.size() * sizeof(T)};
}

template <typename T>
std::vector<T> ValuesOf(absl::string_view bytes) {
  std::vector<T> values(bytes.size() / sizeof(T));
  // A blob lies anywhere.
  if (!values.empty()) {
    std::memcpy(values.data(), bytes.data(), values.size() * sizeof(T));
  }
  return values;
}

std::string SumOf(int64_t job, int64_t first_offset, int64_t rows,
                  absl::string_view x, absl::string_view classes) {
  return RecordSum({absl::StrCat(job), absl::StrCat(first_offset),
                    absl::StrCat(rows), x, classes});
}

}  // namespace

absl::Status AddExamples(Database& database, JobRecord& job,
                         const StoredExamples& examples) {
  if (examples.first_offset != job.job.rows) {
    return InvalidField("first_offset", absl::StrCat(job.job.rows),
                        absl::StrCat(examples.first_offset));
  }
  const absl::string_view x = BytesOf(examples.x);
  const absl::string_view classes = BytesOf(examples.classes);
  absl::Status added =
      Statement(database,
                "INSERT INTO additions VALUES (NULL, ?, ?, ?, ?, ?, ?)")
          .Bind(job.id)
          .Bind(examples.first_offset)
          .Bind(examples.rows)
          .Bind(SumOf(job.id, examples.first_offset, examples.rows, x, classes))
          .BindBlob(x)
          .BindBlob(classes)
          .Run();
  if (!added.ok()) return added;
  job.job.rows += examples.rows;
  ++job.additions;
  return added;
}

absl::Status VisitExamples(
    Database& database, const JobRecord& job,
    absl::FunctionRef<absl::Status(const StoredExamples&)> visit) {
  Statement query(database,
                  "SELECT first_offset, rows, sum, x, classes FROM additions "
                  "WHERE job = ? ORDER BY first_offset");
  query.Bind(job.id);
  int64_t additions = 0;
  while (query.Next()) {
    const int64_t first_offset = query.Int(0), rows = query.Int(1);
    const absl::string_view x = query.Bytes(3), classes = query.Bytes(4);
    if (query.Bytes(2) != SumOf(job.id, first_offset, rows, x, classes)) {
      return DamagedRecord(
          database,
          absl::StrCat("the record of rows ", first_offset, " … ",
                       first_offset + rows - 1, " of ", job.job.name));
    }
    const std::vector<float> values = ValuesOf<float>(x);
    const std::vector<int64_t> labels = ValuesOf<int64_t>(classes);
    const absl::Status visited = visit({.first_offset = first_offset,
                                        .rows = rows,
                                        .x = values,
                                        .classes = labels});
    if (!visited.ok()) return visited;
    ++additions;
  }
  if (!query.status().ok()) return query.status();
  if (additions == job.additions) return absl::OkStatus();
  return DamagedRecord(
      database,
      absl::StrCat("the table of rows, which has ", additions, " of ",
                   job.additions, " additions to ", job.job.name, ","));
}

absl::StatusOr<int64_t> EraseExamples(
    Database& database, const JobRecord& job,
    absl::FunctionRef<bool(int64_t first_offset, int64_t rows)> needed) {
  std::vector<int64_t> ids;
  Statement query(database,
                  "SELECT id, first_offset, rows FROM additions WHERE job = ? "
                  "ORDER BY first_offset");
  query.Bind(job.id);
  while (query.Next()) {
    if (!needed(query.Int(1), query.Int(2))) ids.push_back(query.Int(0));
  }
  if (!query.status().ok()) return query.status();
  for (const int64_t id : ids) {
    absl::Status erased =
        Statement(database, "DELETE FROM additions WHERE id = ?")
            .Bind(id)
            .Run();
    if (!erased.ok()) return erased;
  }
  return static_cast<int64_t>(ids.size());
}

}  // namespace scoreserve
