#ifndef SCORESERVE_TESTS_SERVER_STATE_DAMAGED_STORE_H_
#define SCORESERVE_TESTS_SERVER_STATE_DAMAGED_STORE_H_

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "models/io/files.h"
#include "models/status.h"
#include "server/state/sqlite.h"
#include "server/state/sqlite_job_store.h"
#include "tests/support/temp_folder.h"

namespace scoreserve {

inline constexpr char kJob[] = "models/m/fineTunes/a";
inline constexpr int64_t kCheckpoints = 3;

// A closed store of one job, with three checkpoints and some rows.
class DamagedStore : public testing::Test {
 protected:
  DamagedStore() {
    auto store = Open();
    EXPECT_TRUE(store.ok()) << store.status();
    EXPECT_TRUE((*store)
                    ->Create({.name = kJob,
                              .spec = "{\"spec\":1}",
                              .status = "{\"status\":1}"},
                             Saved(1))
                    .ok());
    for (int64_t step = 2; step <= kCheckpoints; ++step)
      EXPECT_TRUE((*store)->SaveCheckpoint(kJob, Saved(step)).ok());
    for (const int64_t rows : {1, 700, 30, 2, 1500}) Append(**store, rows);
  }

  absl::StatusOr<std::unique_ptr<JobStore>> Open() const {
    return OpenJobStore(path_);
  }

  static StoredCheckpoint Saved(int64_t step) {
    std::mt19937_64 random(static_cast<uint64_t>(step));
    std::string weights;
    for (int i = 0; i < 600; ++i)
      weights.push_back(static_cast<char>(random()));
    return {.step = step,
            .notes = absl::StrCat("{\"step\":", step, "}"),
            .weights = weights};
  }
  static std::string Text(const StoredCheckpoint& checkpoint) {
    return absl::StrCat(checkpoint.step, " ", checkpoint.notes, " ",
                        checkpoint.weights);
  }

  // Rows of one number each, and their classes, added to `rows_` too.
  void Append(JobStore& store, int64_t rows) {
    std::mt19937_64 random(rows_.size());
    std::vector<float> x;
    std::vector<int64_t> classes;
    for (int64_t i = 0; i < rows; ++i) {
      x.push_back(static_cast<float>(random() % 1000));
      classes.push_back(static_cast<int64_t>(random() % 10));
    }
    const JobStore::Addition addition = {
        .name = kJob,
        .examples = {.first_offset = static_cast<int64_t>(rows_.size()) / 2,
                     .rows = rows,
                     .x = x,
                     .classes = classes}};
    ASSERT_TRUE(store.Append({addition}).ok());
    AddTo(rows_, addition.examples);
  }

  // All rows: x and class, one after the other. An error as its message.
  absl::StatusOr<std::vector<double>> TryRows(JobStore& store) {
    std::vector<double> rows;
    const absl::Status read =
        store.ReadExamples(kJob, [&rows](const StoredExamples& examples) {
          AddTo(rows, examples);
          return absl::OkStatus();
        });
    if (!read.ok()) return read;
    return rows;
  }
  std::vector<double> ReadRows(JobStore& store) {
    const auto rows = TryRows(store);
    EXPECT_TRUE(rows.ok()) << rows.status();
    return rows.value_or(std::vector<double>());
  }
  std::string ReadCheckpoint(JobStore& store) {
    warnings_.clear();
    const auto read = store.ReadCheckpoint(
        kJob,
        [this](const std::string& warning) { warnings_.push_back(warning); });
    return read.ok() ? Text(*read) : std::string(read.status().message());
  }

  std::string NewestCheckpoint() const {
    std::vector<std::string> paths;
    for (const auto& entry :
         std::filesystem::directory_iterator(path_ + "/checkpoints")) {
      paths.push_back(entry.path());
    }
    return *std::max_element(paths.begin(), paths.end());
  }

  // An error that says which file; what matters.
  void ExpectTold(const absl::Status& status) {
    EXPECT_EQ(ReasonOf(status), Reason::kStorageFailed) << status;
    EXPECT_TRUE(absl::StrContains(status.message(), path_ + "/jobs.sqlite"))
        << status;
  }

  // Whatever the store says, it says nothing that is wrong.
  void ExpectNothingWrong() {
    const auto store = Open();
    if (!store.ok()) {
      ++refused_;
      return ExpectTold(store.status());
    }
    bool told = false;
    const auto jobs = (*store)->Jobs();
    if (!jobs.ok()) {
      told = true;
      ExpectTold(jobs.status());
    } else {
      ASSERT_EQ(jobs->size(), 1u);
      const StoredJob& job = jobs->at(0);
      EXPECT_EQ(job.name, kJob);
      if (!job.damage.ok()) {
        told = true;
        ExpectTold(job.damage);
      } else {
        EXPECT_EQ(job.spec, "{\"spec\":1}");
        EXPECT_EQ(job.status, "{\"status\":1}");
        EXPECT_EQ(job.rows, static_cast<int64_t>(rows_.size()) / 2);
      }
    }
    const auto rows = TryRows(**store);
    if (!rows.ok()) {
      told = true;
      ExpectTold(rows.status());
    } else {
      EXPECT_TRUE(*rows == rows_);
    }
    const auto read = ReadCheckpoint(**store);
    int64_t step = kCheckpoints;
    while (step > 0 && read != Text(Saved(step))) --step;
    if (step < kCheckpoints) {
      told = true;
      // An older one only with a warning, and else none.
      EXPECT_TRUE(step == 0 ? absl::StrContains(read, "jobs.sqlite")
                            : !warnings_.empty())
          << read;
    }
    ++(told ? told_ : harmless_);
  }

  void FlipBit(const std::string& whole, size_t byte, int bit) {
    SCOPED_TRACE(absl::StrCat("bit ", bit, " of byte ", byte));
    std::string flipped = whole;
    flipped[byte] ^= 1 << bit;
    ASSERT_TRUE(WriteFile(path_ + "/jobs.sqlite", flipped).ok());
    ExpectNothingWrong();
  }

  void FlipBits(uint64_t seed, int times) {
    const std::string whole = *ReadFile(path_ + "/jobs.sqlite", 1 << 24);
    std::mt19937_64 random(seed);
    for (int i = 0; i < times; ++i) {
      const size_t byte = random() % whole.size();
      ASSERT_NO_FATAL_FAILURE(
          FlipBit(whole, byte, static_cast<int>(random() % 8)));
    }
    EXPECT_GT(refused_, 0);
    EXPECT_GT(told_, 0);
  }

  // One of each byte of the record that holds `text`, and of those beside it.
  void FlipBitsOfRecord(const std::string& text) {
    const std::string whole = *ReadFile(path_ + "/jobs.sqlite", 1 << 24);
    const size_t place = whole.find(text);
    ASSERT_NE(place, std::string::npos);
    for (size_t byte = place - 60; byte < place + 180; ++byte) {
      ASSERT_NO_FATAL_FAILURE(FlipBit(whole, byte, static_cast<int>(byte % 8)));
    }
    EXPECT_GT(told_, 80);
  }

  // Of a store that was killed, with rows in its log.
  void FlipBitsOfLog(uint64_t seed, int times) {
    const int64_t before = static_cast<int64_t>(rows_.size());
    const pid_t child = ::fork();
    if (child == 0) {
      auto store = Open();
      if (!store.ok()) ::_exit(1);
      for (int i = 0; i < 8; ++i) Append(**store, 100);
      ::raise(SIGKILL);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status));
    const std::string names[] = {path_ + "/jobs.sqlite",
                                 path_ + "/jobs.sqlite-wal"};
    const std::string database = *ReadFile(names[0], 1 << 24);
    const std::string log = *ReadFile(names[1], 1 << 24);
    ASSERT_GT(log.size(), 10'000u);
    std::vector<double> all;
    {
      const auto store = Open();
      all = ReadRows(**store);
      ASSERT_EQ(static_cast<int64_t>(all.size()), before + 8 * 200);
    }
    std::mt19937_64 random(seed);
    for (int i = 0; i < times; ++i) {
      const size_t byte = random() % log.size();
      SCOPED_TRACE(byte);
      std::string flipped = log;
      flipped[byte] ^= 1 << random() % 8;
      ASSERT_TRUE(WriteFile(names[0], database).ok());
      ASSERT_TRUE(WriteFile(names[1], flipped).ok());
      const auto store = Open();
      ASSERT_TRUE(store.ok()) << store.status();
      const std::vector<double> rows = ReadRows(**store);
      ASSERT_LE(rows.size(), all.size());
      EXPECT_GE(static_cast<int64_t>(rows.size()), before);
      EXPECT_EQ(rows.size() % 200, static_cast<size_t>(before % 200));
      EXPECT_TRUE(std::equal(rows.begin(), rows.end(), all.begin()));
      EXPECT_EQ((*store)->Jobs()->at(0).rows,
                static_cast<int64_t>(rows.size()) / 2);
    }
  }

  TempFolder folder_{MemoryFolder()};
  std::string path_ = folder_ / "state";
  std::vector<double> rows_;  // That were acknowledged.
  std::vector<std::string> warnings_;
  int refused_ = 0, told_ = 0, harmless_ = 0;

 private:
  static void AddTo(std::vector<double>& rows, const StoredExamples& examples) {
    for (int64_t i = 0; i < examples.rows; ++i) {
      rows.push_back(examples.x[static_cast<size_t>(i)]);
      rows.push_back(
          static_cast<double>(examples.classes[static_cast<size_t>(i)]));
    }
  }
};

}  // namespace scoreserve

#endif  // SCORESERVE_TESTS_SERVER_STATE_DAMAGED_STORE_H_
