// What a history expects after each death, of the next server and on the disk.

#include <algorithm>
#include <filesystem>
#include <memory>
#include <utility>

#include "absl/strings/match.h"
#include "gtest/gtest.h"
#include "models/io/model_repository.h"
#include "models/io/safetensors.h"
#include "models/training/trainer_state.h"
#include "server/state/sqlite_job_store.h"
#include "tests/integration/fine_tune/fine_tune_history.h"
#include "tests/support/two_mode_rows.h"

namespace scoreserve {

namespace fs = std::filesystem;

// The rows of the job's stream, of a law that moves on, so that there is always
// something to publish.
std::vector<float> RowsFrom(int64_t first_offset, int64_t rows) {
  std::vector<float> x;
  for (int64_t i = first_offset; i < first_offset + rows; ++i) {
    const double mean = 1.5 + 5e-6 * static_cast<double>(i);
    x.push_back(TwoModeRows(mean, 1, static_cast<uint32_t>(i))[0]);
  }
  return x;
}

bool IsDead(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsCancelled(status);
}

void FineTuneHistory::CheckStart(FineTuneServer& server) {
  const auto jobs = server.List();
  if (!jobs.ok()) {
    EXPECT_TRUE(IsDead(jobs.status())) << jobs.status();
    return;
  }
  const auto job = std::find_if(
      jobs->begin(), jobs->end(),
      [](const v1::FineTune& other) { return other.name() == kJob; });
  if (job != jobs->end()) {
    CheckJob(*job);
  } else {
    EXPECT_FALSE(known_.created);
  }
  CheckOthers(*jobs);
  const auto recovered =
      std::count_if(jobs->begin(), jobs->end(), [](const v1::FineTune& other) {
        return other.state() == v1::FINE_TUNE_STATE_RUNNING ||
               other.state() == v1::FINE_TUNE_STATE_PAUSED;
      });
  const auto metric = server.Metric("scoreserve_fine_tune_recoveries_total");
  EXPECT_EQ(metric.value_or(recovered), recovered);
  const absl::StatusOr<int64_t> version = server.Score();
  if (version.ok()) known_.served.insert(*version);
  EXPECT_TRUE(version.ok() || IsDead(version.status())) << version.status();
  // Leaves nothing of earlier lives, whatever it was.
  for (Other& other : others_) {
    if (other.state == v1::FINE_TUNE_STATE_UNSPECIFIED) continue;
    other.state.reset();
    const absl::Status deleted =
        server.Delete("models/modes/fineTunes/" + other.id);
    if (IsDead(deleted)) return;
    EXPECT_TRUE(deleted.ok() || absl::IsNotFound(deleted)) << deleted;
    other.state = v1::FINE_TUNE_STATE_UNSPECIFIED;
  }
}

void FineTuneHistory::CheckJob(const v1::FineTune& job) {
  const bool rolled_back = absl::StrContains(job.note(), "rolled back");
  if (rolled_back) ++rollbacks_;
  EXPECT_EQ(job.state(), rolled_back ? v1::FINE_TUNE_STATE_PAUSED
                                     : v1::FINE_TUNE_STATE_RUNNING)
      << job.DebugString();
  EXPECT_FALSE(job.has_error()) << job.DebugString();
  EXPECT_GE(job.rows(), known_.rows);
  EXPECT_GE(job.checkpoint_step(), known_.checkpoint_step);
  EXPECT_GE(job.step(), job.checkpoint_step());
  std::set<int64_t> published;
  for (const v1::PublishedVersion& version : job.published())
    published.insert(version.version());
  const int64_t oldest =
      job.published_size() < 100 ? 2 : job.published(0).version();
  for (const auto* versions : {&known_.published, &known_.served}) {
    for (const int64_t version : *versions) {
      EXPECT_TRUE(version < oldest || published.count(version) > 0)
          << "version " << version << " is forgotten: " << job.DebugString();
    }
  }
}

void FineTuneHistory::CheckOthers(const std::vector<v1::FineTune>& jobs) {
  for (const Other& other : others_) {
    if (!other.state.has_value()) continue;
    v1::FineTuneState state = v1::FINE_TUNE_STATE_UNSPECIFIED;
    for (const v1::FineTune& job : jobs) {
      if (absl::EndsWith(job.name(), "/" + other.id)) state = job.state();
    }
    EXPECT_EQ(state, *other.state) << other.id;
  }
  for (const v1::FineTune& job : jobs)
    EXPECT_FALSE(job.has_error()) << job.DebugString();
}

void FineTuneHistory::CheckStore() {
  // Of a copy: what a start mends the server has to mend itself.
  const std::string state = root_ + "/state", copy = folder_ / "copy";
  if (!fs::exists(state)) {
    EXPECT_FALSE(known_.created);
    return;
  }
  fs::copy(state, copy, fs::copy_options::recursive);
  {
    absl::StatusOr<std::unique_ptr<JobStore>> store = OpenJobStore(copy);
    ASSERT_TRUE(store.ok()) << store.status();
    const auto jobs = (*store)->Jobs();
    ASSERT_TRUE(jobs.ok()) << jobs.status();
    const auto job =
        std::find_if(jobs->begin(), jobs->end(),
                     [](const StoredJob& other) { return other.name == kJob; });
    if (job == jobs->end()) {
      EXPECT_FALSE(known_.created);
    } else {
      EXPECT_GE(job->rows, known_.rows);
      EXPECT_LE(job->rows, known_.rows + kMostOutstandingRows);
      int64_t end = 0;
      const absl::Status read =
          (*store)->ReadExamples(kJob, [&end](const StoredExamples& examples) {
            EXPECT_EQ(std::vector<float>(examples.x.begin(), examples.x.end()),
                      RowsFrom(examples.first_offset, examples.rows));
            end = examples.first_offset + examples.rows;
            return absl::OkStatus();
          });
      EXPECT_TRUE(read.ok()) << read;
      EXPECT_EQ(end, job->rows);
      const auto checkpoint = (*store)->ReadCheckpoint(
          kJob, [](const std::string& warning) { ADD_FAILURE() << warning; });
      ASSERT_TRUE(checkpoint.ok()) << checkpoint.status();
      EXPECT_GE(checkpoint->step, known_.checkpoint_step);
      auto arrays = ParseSafetensors(checkpoint->weights);
      ASSERT_TRUE(arrays.ok()) << arrays.status();
      const auto trainer = StateFromArrays(*std::move(arrays));
      ASSERT_TRUE(trainer.ok()) << trainer.status();
      EXPECT_EQ(trainer->steps_done, checkpoint->step);
    }
    int64_t files = 0;
    for (const auto& entry : fs::directory_iterator(copy + "/checkpoints")) {
      EXPECT_EQ(entry.path().extension(), ".safetensors") << entry.path();
      ++files;
    }
    EXPECT_LE(files, 3 * static_cast<int64_t>(jobs->size()));
  }
  fs::remove_all(copy);
}

void FineTuneHistory::CheckRepository() {
  const ModelRepository repository(root_ + "/models");
  const auto versions = repository.Versions("modes");
  ASSERT_TRUE(versions.ok()) << versions.status();
  for (const int64_t version : *versions) {
    if (version <= verified_version_) continue;
    const auto read = repository.Read("modes", version);
    EXPECT_TRUE(read.ok()) << read.status();
    verified_version_ = version;
  }
  const auto desired = repository.ReadDesired("modes");
  ASSERT_TRUE(desired.ok()) << desired.status();
  const auto stable = desired->aliases.find("stable");
  if (stable == desired->aliases.end()) {
    EXPECT_FALSE(known_.created);
    return;
  }
  const auto read = repository.Read("modes", stable->second);
  EXPECT_TRUE(read.ok()) << read.status();
  if (!known_.published.empty() && !known_.rolled_back) {
    EXPECT_GE(stable->second, *known_.published.rbegin());
  }
}

}  // namespace scoreserve
