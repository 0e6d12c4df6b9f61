// A history of changes to a job store, each a function of a seed, its place and
// what the store holds: a program makes it, and who knows which of its changes
// were acknowledged can say what the store must hold now.

#ifndef SCORESERVE_TESTS_SUPPORT_STORE_HISTORY_H_
#define SCORESERVE_TESTS_SUPPORT_STORE_HISTORY_H_

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "server/engine/job_store.h"

namespace scoreserve {

inline constexpr int64_t kHistoryDim = 3;

// Makes change `k` of the history of `seed`.
inline absl::Status MakeChange(JobStore& store, uint64_t seed, int64_t k) {
  std::mt19937_64 random(seed * 1'000'003 + static_cast<uint64_t>(k));
  const auto below = [&random](int64_t n) {
    return static_cast<int64_t>(random() % static_cast<uint64_t>(n));
  };
  const auto bytes = [&](int64_t size) {
    std::string text = absl::StrCat("change ", k, " ");
    while (static_cast<int64_t>(text.size()) < size)
      text.push_back(static_cast<char>(random()));
    return text;
  };
  const absl::StatusOr<std::vector<StoredJob>> jobs = store.Jobs();
  if (!jobs.ok()) return jobs.status();
  const std::string name =
      absl::StrCat("models/m/fineTunes/", std::string(1, 'a' + below(3)));
  const StoredJob* job = nullptr;
  for (const StoredJob& other : *jobs) {
    if (other.name == name) job = &other;
  }
  const StoredCheckpoint checkpoint = {.step = k,
                                       .notes = absl::StrCat("{\"k\":", k, "}"),
                                       .weights = bytes(1 + below(12'000))};
  if (job == nullptr) {
    return store.Create({.name = name,
                         .spec = absl::StrCat("{\"made\":", k, "}"),
                         .status = "{}"},
                        checkpoint);
  }
  const int64_t kind = below(20);
  if (kind == 0) return store.Delete(name);
  if (kind < 3) {
    return store.Prune(name, [k](int64_t first_offset, int64_t) {
      return (first_offset + k) % 3 != 0;
    });
  }
  if (kind < 6) return store.SaveCheckpoint(name, checkpoint);
  if (kind < 9) {
    return store.SetStatus(name,
                           absl::StrCat("{\"status\":", k, ",\"text\":\"",
                                        std::string(below(3000), 'x'), "\"}"));
  }
  // Two additions to it, of a few rows or of many.
  const int64_t rows[] = {1 + below(5), 1 + below(400)};
  std::vector<float> x[2];
  std::vector<JobStore::Addition> additions;
  int64_t offset = job->rows;
  for (int i = 0; i < 2; ++i) {
    for (int64_t j = 0; j < rows[i] * kHistoryDim; ++j)
      x[i].push_back(static_cast<float>(below(1 << 24)));
    additions.push_back({.name = name,
                         .examples = {.first_offset = offset,
                                      .rows = rows[i],
                                      .x = x[i],
                                      .classes = {}}});
    offset += rows[i];
  }
  return store.Append(additions);
}

// All that the store holds, as one text. Warnings of it are among it.
inline std::string Contents(JobStore& store) {
  const absl::StatusOr<std::vector<StoredJob>> jobs = store.Jobs();
  if (!jobs.ok()) return std::string(jobs.status().message());
  std::string text;
  for (const StoredJob& job : *jobs) {
    absl::StrAppend(&text, job.name, " ", job.spec, " ", job.status, " ",
                    job.rows, "\n");
    const absl::Status read =
        store.ReadExamples(job.name, [&text](const StoredExamples& examples) {
          absl::StrAppend(&text, "  ", examples.first_offset, "+",
                          examples.rows, ":");
          for (const float x : examples.x) absl::StrAppend(&text, " ", x);
          absl::StrAppend(&text, "\n");
          return absl::OkStatus();
        });
    if (!read.ok()) absl::StrAppend(&text, "  ", read.message(), "\n");
    const absl::StatusOr<StoredCheckpoint> checkpoint =
        store.ReadCheckpoint(job.name, [&text](const std::string& warning) {
          absl::StrAppend(&text, "  ", warning, "\n");
        });
    absl::StrAppend(&text, "  ",
                    checkpoint.ok()
                        ? absl::StrCat(checkpoint->step, " ", checkpoint->notes,
                                       " ", checkpoint->weights)
                        : std::string(checkpoint.status().message()),
                    "\n");
  }
  return text;
}

}  // namespace scoreserve

#endif  // SCORESERVE_TESTS_SUPPORT_STORE_HISTORY_H_
