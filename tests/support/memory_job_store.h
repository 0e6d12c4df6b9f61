#ifndef SCORESERVE_TESTS_SUPPORT_MEMORY_JOB_STORE_H_
#define SCORESERVE_TESTS_SUPPORT_MEMORY_JOB_STORE_H_

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "models/status.h"
#include "server/engine/job_store.h"

namespace scoreserve {

// A job store that a restart of the engine survives, but no process.
class MemoryJobStore final : public JobStore {
 public:
  // While this is an error, every call that would change something returns it,
  // and changes nothing: a full disk.
  absl::Status fault;

  absl::StatusOr<std::vector<StoredJob>> Jobs() override {
    std::vector<StoredJob> jobs;
    for (const auto& [name, kept] : jobs_) jobs.push_back(kept.job);
    return jobs;
  }

  absl::Status Create(const StoredJob& job,
                      const StoredCheckpoint& first) override {
    if (!fault.ok()) return fault;
    if (jobs_.count(job.name) > 0) {
      return WithReason(
          absl::AlreadyExistsError(absl::StrCat("there is a job ", job.name)),
          Reason::kJobExists);
    }
    Kept& kept = jobs_[job.name];
    kept.job = job;
    kept.job.rows = 0;
    kept.checkpoint = first;
    return absl::OkStatus();
  }

  absl::Status SetStatus(const std::string& name,
                         const std::string& status) override {
    return Change(name, [&](Kept& kept) { kept.job.status = status; });
  }

  absl::Status Delete(const std::string& name) override {
    const absl::Status found = Change(name, [](Kept&) {});
    if (found.ok()) jobs_.erase(name);
    return found;
  }

  absl::Status Append(absl::Span<const Addition> additions) override {
    std::map<std::string, Kept> jobs = jobs_;
    for (const auto& [name, examples] : additions) {
      const auto found = jobs.find(name);
      if (found == jobs.end()) return NotFound(name);
      Kept& kept = found->second;
      if (examples.first_offset != kept.job.rows) {
        return InvalidField("first_offset", absl::StrCat(kept.job.rows),
                            absl::StrCat(examples.first_offset));
      }
      kept.job.rows += examples.rows;
      kept.additions.push_back(
          {.first_offset = examples.first_offset,
           .rows = examples.rows,
           .x = {examples.x.begin(), examples.x.end()},
           .classes = {examples.classes.begin(), examples.classes.end()}});
    }
    if (fault.ok()) jobs_ = jobs;
    return fault;
  }

  absl::Status ReadExamples(
      const std::string& name,
      absl::FunctionRef<absl::Status(const StoredExamples&)> visit) override {
    const auto found = jobs_.find(name);
    if (found == jobs_.end()) return NotFound(name);
    for (const Rows& rows : found->second.additions) {
      const absl::Status visited = visit({.first_offset = rows.first_offset,
                                          .rows = rows.rows,
                                          .x = rows.x,
                                          .classes = rows.classes});
      if (!visited.ok()) return visited;
    }
    return absl::OkStatus();
  }

  absl::Status Prune(const std::string& name,
                     absl::FunctionRef<bool(int64_t first_offset, int64_t rows)>
                         needed) override {
    return Change(name, [&](Kept& kept) {
      const auto end = std::remove_if(
          kept.additions.begin(), kept.additions.end(),
          [&](const Rows& r) { return !needed(r.first_offset, r.rows); });
      kept.additions.erase(end, kept.additions.end());
    });
  }

  absl::Status SaveCheckpoint(const std::string& name,
                              const StoredCheckpoint& checkpoint) override {
    return Change(name, [&](Kept& kept) { kept.checkpoint = checkpoint; });
  }

  absl::StatusOr<StoredCheckpoint> ReadCheckpoint(
      const std::string& name,
      absl::FunctionRef<void(const std::string& warning)>) override {
    const auto found = jobs_.find(name);
    if (found == jobs_.end()) return NotFound(name);
    return found->second.checkpoint;
  }

 private:
  struct Rows {
    int64_t first_offset = 0;
    int64_t rows = 0;
    std::vector<float> x;
    std::vector<int64_t> classes;
  };
  struct Kept {
    StoredJob job;
    std::vector<Rows> additions;
    StoredCheckpoint checkpoint;
  };

  static absl::Status NotFound(const std::string& name) {
    return WithReason(
        absl::NotFoundError(absl::StrCat("there is no job ", name)),
        Reason::kJobNotFound);
  }

  absl::Status Change(const std::string& name,
                      absl::FunctionRef<void(Kept&)> change) {
    const auto found = jobs_.find(name);
    if (found == jobs_.end()) return NotFound(name);
    if (fault.ok()) change(found->second);
    return fault;
  }

  std::map<std::string, Kept> jobs_;
};

}  // namespace scoreserve

#endif  // SCORESERVE_TESTS_SUPPORT_MEMORY_JOB_STORE_H_
