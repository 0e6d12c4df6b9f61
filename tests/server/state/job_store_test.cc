// What every job store does, whatever it keeps jobs in.

#include "server/engine/job_store.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/status.h"
#include "server/state/sqlite_job_store.h"
#include "tests/support/memory_job_store.h"
#include "tests/support/temp_folder.h"

namespace scoreserve {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const char kA[] = "models/m/fineTunes/a";
const char kB[] = "models/m/fineTunes/b";

struct Kind {
  const char* name;
  std::function<std::unique_ptr<JobStore>(const std::string& folder)> make;
};

class JobStoreTest : public testing::TestWithParam<Kind> {
 protected:
  JobStoreTest() : store_(GetParam().make(folder_ / "state")) {}

  absl::Status Create(const char* name) {
    return store_->Create(
        {.name = name, .spec = "{\"seed\":1}", .status = "{}"},
        {.step = 0, .notes = "{\"cursor\":0}", .weights = "first"});
  }
  absl::Status Append(const char* name, int64_t first_offset,
                      std::vector<float> x, std::vector<int64_t> classes = {}) {
    const JobStore::Addition addition = {
        .name = name,
        .examples = {.first_offset = first_offset,
                     .rows = static_cast<int64_t>(x.size() / 2),
                     .x = x,
                     .classes = classes}};
    return store_->Append({addition});
  }
  // "offset+rows: x… | classes…", of each addition.
  std::vector<std::string> Examples(const char* name) {
    std::vector<std::string> texts;
    const absl::Status read =
        store_->ReadExamples(name, [&texts](const StoredExamples& examples) {
          std::string text =
              absl::StrCat(examples.first_offset, "+", examples.rows, ":");
          for (const float x : examples.x) absl::StrAppend(&text, " ", x);
          absl::StrAppend(&text, " |");
          for (const int64_t c : examples.classes)
            absl::StrAppend(&text, " ", c);
          texts.push_back(text);
          return absl::OkStatus();
        });
    EXPECT_TRUE(read.ok()) << read;
    return texts;
  }
  // "step notes weights".
  std::string Checkpoint(const char* name) {
    const auto read = store_->ReadCheckpoint(
        name, [](const std::string& warning) { ADD_FAILURE() << warning; });
    return read.ok()
               ? absl::StrCat(read->step, " ", read->notes, " ", read->weights)
               : std::string(read.status().message());
  }
  std::vector<std::string> Jobs() {
    std::vector<std::string> texts;
    const auto jobs = store_->Jobs();
    if (!jobs.ok()) return {std::string(jobs.status().message())};
    for (const StoredJob& job : *jobs) {
      texts.push_back(absl::StrCat(job.name, " ", job.spec, " ", job.status,
                                   " ", job.rows));
    }
    return texts;
  }

  TempFolder folder_{MemoryFolder()};
  std::unique_ptr<JobStore> store_;
};

TEST_P(JobStoreTest, JobsAreThereAsTheyWereGivenByName) {
  EXPECT_THAT(Jobs(), IsEmpty());
  ASSERT_TRUE(Create(kB).ok());
  ASSERT_TRUE(Create(kA).ok());
  ASSERT_TRUE(store_->SetStatus(kB, "{\"state\":2}").ok());
  EXPECT_THAT(Jobs(),
              ElementsAre("models/m/fineTunes/a {\"seed\":1} {} 0",
                          "models/m/fineTunes/b {\"seed\":1} {\"state\":2} 0"));
  EXPECT_EQ(Checkpoint(kA), "0 {\"cursor\":0} first");
}

TEST_P(JobStoreTest, ANameIsTakenOnce) {
  ASSERT_TRUE(Create(kA).ok());
  ASSERT_TRUE(Append(kA, 0, {1, 2}).ok());
  const absl::Status again = Create(kA);
  EXPECT_EQ(again.code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(ReasonOf(again), Reason::kJobExists);
  EXPECT_THAT(Examples(kA), ElementsAre("0+1: 1 2 |"));
}

TEST_P(JobStoreTest, RowsOfManyJobsAreAddedTogetherAndInTheirOrder) {
  ASSERT_TRUE(Create(kA).ok());
  ASSERT_TRUE(Create(kB).ok());
  const std::vector<float> x = {1, 2, 3, 4};
  const std::vector<int64_t> classes = {7, int64_t{1} << 40};
  const std::vector<JobStore::Addition> additions = {
      {.name = kA,
       .examples = {.first_offset = 0, .rows = 2, .x = x, .classes = {}}},
      {.name = kB,
       .examples = {.first_offset = 0, .rows = 2, .x = x, .classes = classes}},
      {.name = kA,
       .examples = {.first_offset = 2, .rows = 2, .x = x, .classes = {}}}};
  ASSERT_TRUE(store_->Append(additions).ok());
  ASSERT_TRUE(Append(kA, 4, {5, 6}).ok());
  EXPECT_THAT(Examples(kA),
              ElementsAre("0+2: 1 2 3 4 |", "2+2: 1 2 3 4 |", "4+1: 5 6 |"));
  EXPECT_THAT(Examples(kB), ElementsAre("0+2: 1 2 3 4 | 7 1099511627776"));
  EXPECT_EQ(store_->Jobs()->at(0).rows, 5);
}

TEST_P(JobStoreTest, OfRowsThatDoNotFollowNoneAreAdded) {
  ASSERT_TRUE(Create(kA).ok());
  ASSERT_TRUE(Append(kA, 0, {1, 2}).ok());
  const std::vector<float> x = {3, 4};
  for (const int64_t wrong : {0, 3}) {
    const std::vector<JobStore::Addition> additions = {
        {.name = kA,
         .examples = {.first_offset = 1, .rows = 1, .x = x, .classes = {}}},
        {.name = kA,
         .examples = {
             .first_offset = wrong, .rows = 1, .x = x, .classes = {}}}};
    const absl::Status refused = store_->Append(additions);
    EXPECT_EQ(refused.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(refused.message(),
              absl::StrCat("first_offset must be 2; was ", wrong));
  }
  EXPECT_EQ(store_->Jobs()->at(0).rows, 1);
  EXPECT_THAT(Examples(kA), ElementsAre("0+1: 1 2 |"));
}

TEST_P(JobStoreTest, ReadingStopsAtTheFirstErrorOfTheVisit) {
  ASSERT_TRUE(Create(kA).ok());
  for (int64_t i = 0; i < 3; ++i) ASSERT_TRUE(Append(kA, i, {1, 2}).ok());
  int visits = 0;
  const absl::Status read =
      store_->ReadExamples(kA, [&visits](const StoredExamples&) {
        return ++visits == 2 ? absl::CancelledError("enough")
                             : absl::OkStatus();
      });
  EXPECT_EQ(read, absl::CancelledError("enough"));
  EXPECT_EQ(visits, 2);
}

TEST_P(JobStoreTest, PrunedRowsAreGoneAndTheStreamGoesOnAfterThem) {
  ASSERT_TRUE(Create(kA).ok());
  for (int64_t i = 0; i < 4; ++i)
    ASSERT_TRUE(Append(kA, i, {1.0f * i, 0}).ok());
  ASSERT_TRUE(store_
                  ->Prune(kA,
                          [](int64_t first_offset, int64_t rows) {
                            EXPECT_EQ(rows, 1);
                            return first_offset % 2 == 1;
                          })
                  .ok());
  EXPECT_THAT(Examples(kA), ElementsAre("1+1: 1 0 |", "3+1: 3 0 |"));
  ASSERT_TRUE(Append(kA, 4, {9, 9}).ok());
  EXPECT_THAT(Examples(kA),
              ElementsAre("1+1: 1 0 |", "3+1: 3 0 |", "4+1: 9 9 |"));
  EXPECT_EQ(store_->Jobs()->at(0).rows, 5);
}

TEST_P(JobStoreTest, TheNewestCheckpointIsRead) {
  ASSERT_TRUE(Create(kA).ok());
  ASSERT_TRUE(Create(kB).ok());
  for (int64_t step = 10; step <= 60; step += 10) {
    ASSERT_TRUE(store_
                    ->SaveCheckpoint(kA, {.step = step,
                                          .notes = "{}",
                                          .weights = absl::StrCat("w", step)})
                    .ok());
    EXPECT_EQ(Checkpoint(kA), absl::StrCat(step, " {} w", step));
  }
  EXPECT_EQ(Checkpoint(kB), "0 {\"cursor\":0} first");
}

TEST_P(JobStoreTest, ADeletedJobIsGoneAndItsNameIsFree) {
  ASSERT_TRUE(Create(kA).ok());
  ASSERT_TRUE(Create(kB).ok());
  ASSERT_TRUE(Append(kA, 0, {1, 2}).ok());
  ASSERT_TRUE(Append(kB, 0, {3, 4}).ok());
  ASSERT_TRUE(store_->Delete(kA).ok());
  EXPECT_THAT(Jobs(), ElementsAre("models/m/fineTunes/b {\"seed\":1} {} 1"));
  ASSERT_TRUE(Create(kA).ok());
  EXPECT_THAT(Examples(kA), IsEmpty());
  EXPECT_THAT(Examples(kB), ElementsAre("0+1: 3 4 |"));
}

TEST_P(JobStoreTest, ANameThatIsNotThereIsNotFound) {
  ASSERT_TRUE(Create(kA).ok());
  const auto ignore = [](const std::string&) {};
  for (const absl::Status& status :
       {store_->SetStatus(kB, "{}"), store_->Delete(kB), Append(kB, 0, {1, 2}),
        store_->ReadExamples(
            kB, [](const StoredExamples&) { return absl::OkStatus(); }),
        store_->Prune(kB, [](int64_t, int64_t) { return true; }),
        store_->SaveCheckpoint(kB, {.step = 1, .notes = "", .weights = "w"}),
        store_->ReadCheckpoint(kB, ignore).status()}) {
    EXPECT_EQ(status.code(), absl::StatusCode::kNotFound) << status;
    EXPECT_EQ(ReasonOf(status), Reason::kJobNotFound) << status;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, JobStoreTest,
    testing::Values(Kind{"Sqlite",
                         [](const std::string& folder) {
                           return *OpenJobStore(folder);
                         }},
                    Kind{"Memory",
                         [](const std::string&) {
                           return std::make_unique<MemoryJobStore>();
                         }}),
    [](const testing::TestParamInfo<Kind>& info) {
      return std::string(info.param.name);
    });

}  // namespace
}  // namespace scoreserve
