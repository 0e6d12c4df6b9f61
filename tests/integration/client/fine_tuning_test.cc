#include <algorithm>
#include <atomic>
#include <cstdint>
#include <memory>
#include <numeric>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/synchronization/notification.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scoreserve/client.h"
#include "tests/support/tcp_proxy.h"
#include "tests/support/tune_server.h"

namespace scoreserve {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::unique_ptr<Client> NewClient(const std::string& address) {
  return std::move(Client::New({.target = address})).value();
}

FineTuneSpec Spec(int64_t steps = 800) {
  FineTuneSpec spec;
  spec.base.name = "plain";
  spec.steps = steps;
  return spec;
}

// 0, 1, 2, … as rows of two numbers.
std::vector<float> Counting(int64_t rows) {
  std::vector<float> values(static_cast<size_t>(2 * rows));
  std::iota(values.begin(), values.end(), 0.0f);
  return values;
}

// Gives `rows` rows from Counting(), so many at a time.
ExampleSource Source(const std::vector<float>& values, int64_t at_a_time) {
  const int64_t all = static_cast<int64_t>(values.size()) / 2;
  return [&values, all, at_a_time](int64_t first) {
    const int64_t rows = std::min(at_a_time, all - first);
    return ExampleRows{
        .rows = rows,
        .x = absl::MakeConstSpan(values).subspan(2 * first, 2 * rows)};
  };
}

class ClientFineTuningTest : public ::testing::Test {
 protected:
  std::string NewJob(const FineTuneSpec& spec = Spec()) {
    return client_->CreateFineTune("job", spec).value().name;
  }

  TuneServer server_;
  const std::unique_ptr<Client> client_ = NewClient(server_.address());
};

TEST_F(ClientFineTuningTest, AJobComesBackAsItWasAskedFor) {
  FineTuneSpec spec;
  spec.base = {.name = "plain", .version = 1, .alias = {}};
  spec.alias = "canary";
  spec.objective = "fd_sliced";
  spec.objective_options = {{"epsilon", 0.5}, {"antithetic", true}};
  spec.trainer_options = {{"batch", int64_t{32}}};
  spec.seed = 7;
  spec.steps = 12;
  spec.policy = BufferPolicy::kReservoir;
  spec.capacity = 100;
  spec.hold_out_share = 0.4;
  spec.gate_objective = "exact";
  spec.gate_objective_options = {{"name", std::string("x")}};
  spec.publish_interval = absl::Milliseconds(1500);
  spec.checkpoint_interval = absl::Seconds(3);
  spec.max_rows = 11;
  spec.max_bytes = 12;
  const auto job = client_->CreateFineTune("job", spec);
  ASSERT_TRUE(job.ok()) << job.status();
  EXPECT_EQ(job->name, FineTuneName("plain", "job"));
  EXPECT_EQ(job->state, FineTuneState::kRunning);
  EXPECT_EQ(job->loss, std::nullopt);
  EXPECT_EQ(job->spec.base.version, 1);
  EXPECT_EQ(job->spec.alias, "canary");
  EXPECT_EQ(job->spec.objective, "fd_sliced");
  EXPECT_EQ(job->spec.objective_options, spec.objective_options);
  EXPECT_EQ(job->spec.trainer_options, spec.trainer_options);
  EXPECT_EQ(job->spec.seed, 7u);
  EXPECT_EQ(job->spec.steps, 12);
  EXPECT_EQ(job->spec.policy, BufferPolicy::kReservoir);
  EXPECT_EQ(job->spec.capacity, 100);
  EXPECT_EQ(job->spec.hold_out_share, 0.4);
  EXPECT_EQ(job->spec.gate_objective, "exact");
  EXPECT_EQ(job->spec.gate_objective_options, spec.gate_objective_options);
  EXPECT_EQ(job->spec.publish_interval, absl::Milliseconds(1500));
  EXPECT_EQ(job->spec.checkpoint_interval, absl::Seconds(3));
  EXPECT_EQ(job->spec.max_rows, 11);
  EXPECT_EQ(job->spec.max_bytes, 12);
}

TEST_F(ClientFineTuningTest, CallsChangeTheJobAndErrorsAreTheServers) {
  const std::string name = NewJob();
  EXPECT_EQ(client_->PauseFineTune(name)->state, FineTuneState::kPaused);
  EXPECT_EQ(client_->ResumeFineTune(name)->state, FineTuneState::kRunning);
  EXPECT_EQ(client_->GetFineTune(name)->spec.steps, 800);
  EXPECT_EQ(client_->ListFineTunes("plain")->size(), 1u);
  EXPECT_EQ(client_->ListFineTunes()->size(), 1u);
  EXPECT_TRUE(client_->ListFineTunes("other")->empty());
  EXPECT_EQ(DetailsOf(client_->CreateFineTune("job", Spec(1)).status()).reason,
            "JOB_EXISTS");
  EXPECT_EQ(client_->CancelFineTune(name)->state, FineTuneState::kCancelled);
  EXPECT_EQ(DetailsOf(client_->PauseFineTune(name).status()).reason,
            "JOB_ENDED");
  EXPECT_TRUE(client_->DeleteFineTune(name).ok());
  EXPECT_EQ(DetailsOf(client_->DeleteFineTune(name)).reason, "JOB_NOT_FOUND");
  FineTuneSpec bad = Spec();
  bad.hold_out_share = 1.0;
  EXPECT_EQ(DetailsOf(client_->CreateFineTune("b", bad).status()).field,
            "spec.hold_out_share");
  bad = Spec();
  bad.publish_interval = absl::InfiniteDuration();
  EXPECT_EQ(DetailsOf(client_->CreateFineTune("b", bad).status()).field,
            "publish_interval");
}

TEST_F(ClientFineTuningTest, CallsWithCallbacksDoTheSame) {
  const std::string name = FineTuneName("plain", "job");
  std::vector<FineTuneState> states;
  const auto wait = [&](auto call) {
    absl::Notification done;
    call([&](const absl::StatusOr<FineTune>& job) {
      states.push_back(job.ok() ? job->state : FineTuneState::kUnknown);
      done.Notify();
    });
    done.WaitForNotification();
  };
  wait([&](auto done) { client_->CreateFineTuneAsync("job", Spec(), done); });
  wait([&](auto done) { client_->PauseFineTuneAsync(name, done); });
  wait([&](auto done) { client_->ResumeFineTuneAsync(name, done); });
  wait([&](auto done) { client_->GetFineTuneAsync(name, done); });
  wait([&](auto done) { client_->CancelFineTuneAsync(name, done); });
  EXPECT_THAT(states,
              ElementsAre(FineTuneState::kRunning, FineTuneState::kPaused,
                          FineTuneState::kRunning, FineTuneState::kRunning,
                          FineTuneState::kCancelled));
  absl::Notification listed, deleted, objectives;
  client_->ListFineTunesAsync("plain", [&](const auto& jobs) {
    EXPECT_EQ(jobs->size(), 1u);
    listed.Notify();
  });
  listed.WaitForNotification();
  client_->DeleteFineTuneAsync(name, [&](const absl::Status& status) {
    EXPECT_TRUE(status.ok());
    deleted.Notify();
  });
  deleted.WaitForNotification();
  client_->ListObjectivesAsync([&](const auto& list) {
    EXPECT_FALSE(list->objectives.empty());
    objectives.Notify();
  });
  objectives.WaitForNotification();
}

TEST_F(ClientFineTuningTest, ObjectivesHaveTheirOptions) {
  const auto list = client_->ListObjectives();
  ASSERT_TRUE(list.ok());
  ASSERT_FALSE(list->objectives.empty());
  EXPECT_EQ(list->objectives.back().name, "sliced");
  EXPECT_FALSE(list->objectives.back().options.empty());
  EXPECT_FALSE(list->trainer_options.empty());
}

TEST_F(ClientFineTuningTest, AllRowsOfASpanArriveInOrder) {
  const std::string name = NewJob();
  const std::vector<float> values = Counting(300'000);  // Three messages.
  int64_t told = -1;
  const auto rows =
      client_->StreamExamples(name, RowsSource({.rows = 300'000, .x = values}),
                              {.on_acknowledged = [&](int64_t acknowledged) {
                                EXPECT_GE(acknowledged, told);
                                told = acknowledged;
                              }});
  ASSERT_TRUE(rows.ok()) << rows.status();
  EXPECT_EQ(*rows, 300'000);
  EXPECT_EQ(told, 300'000);
  EXPECT_EQ(server_.Rows(name), values);
  // Once more is harmless.
  EXPECT_EQ(*client_->StreamExamples(
                name, RowsSource({.rows = 300'000, .x = values})),
            300'000);
  EXPECT_EQ(server_.Rows(name), values);
}

TEST_F(ClientFineTuningTest, ClassesGoWithTheirRows) {
  TuneServer server(/*has_jobs=*/true, /*classes=*/3);
  const auto client = NewClient(server.address());
  const std::string name = client->CreateFineTune("job", Spec())->name;
  const std::vector<float> values = Counting(3);
  const std::vector<int64_t> classes = {0, 2, -1};
  ASSERT_TRUE(
      client
          ->StreamExamples(
              name, RowsSource({.rows = 3, .x = values, .classes = classes}))
          .ok());
  EXPECT_EQ(server.Classes(name), classes);
}

TEST_F(ClientFineTuningTest, RowsThatContradictThemselvesAreNamed) {
  const std::string name = NewJob();
  const std::vector<float> values = Counting(3);
  const std::vector<int64_t> classes = {0, 2};
  EXPECT_EQ(
      DetailsOf(
          client_->StreamExamples(name, RowsSource({.rows = 4, .x = values}))
              .status())
          .field,
      "x");
  EXPECT_EQ(
      DetailsOf(client_
                    ->StreamExamples(
                        name, RowsSource(
                                  {.rows = 3, .x = values, .classes = classes}))
                    .status())
          .field,
      "classes");
  // The server's word on a width that is not the model's.
  EXPECT_EQ(
      DetailsOf(
          client_->StreamExamples(name, RowsSource({.rows = 2, .x = values}))
              .status())
          .field,
      "x.shape");
  const absl::Status own = absl::NotFoundError("the tape");
  EXPECT_EQ(
      client_
          ->StreamExamples(
              name, [&](int64_t) -> absl::StatusOr<ExampleRows> { return own; })
          .status(),
      own);
}

TEST_F(ClientFineTuningTest, AQuotaIsNotTriedAgain) {
  FineTuneSpec spec = Spec();
  spec.max_rows = 5;
  const std::string name = NewJob(spec);
  const std::vector<float> values = Counting(20);
  int64_t told = 0, resumed = 0;
  const auto rows = client_->StreamExamples(
      name, Source(values, 1),
      {.on_acknowledged = [&](int64_t rows) { told = rows; },
       .on_resume = [&](int, const absl::Status&) { ++resumed; }});
  EXPECT_EQ(rows.status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(DetailsOf(rows.status()).reason, "QUOTA_REACHED");
  EXPECT_EQ(told, 5);
  EXPECT_EQ(resumed, 0);
}

TEST_F(ClientFineTuningTest, AStreamThatIsCutAgainAndAgainLosesNothing) {
  TcpProxy proxy(server_.port());
  const auto client = NewClient(proxy.address());
  const std::string name = NewJob();
  const std::vector<float> values = Counting(4'000);
  int64_t asked = -1, resumed = 0, next_cut = 1;
  absl::Notification cut;
  const ExampleSource source = Source(values, 10);
  const auto rows = client->StreamExamples(
      name,
      [&](int64_t first) {
        EXPECT_GE(first, asked);  // Never again for what it has given.
        asked = first + 1;
        if (first >= 2'000) cut.WaitForNotification();
        return source(first);
      },
      {.on_acknowledged =
           [&](int64_t acknowledged) {
             // Each stream gets further before it is cut.
             if (acknowledged < next_cut) return;
             next_cut = acknowledged + 300;
             proxy.Cut();
             if (!cut.HasBeenNotified()) cut.Notify();
           },
       .on_resume =
           [&](int attempt, const absl::Status& why) {
             EXPECT_GE(attempt, 1);
             EXPECT_FALSE(why.ok());
             ++resumed;
           }});
  ASSERT_TRUE(rows.ok()) << rows.status();
  EXPECT_EQ(*rows, 4'000);
  EXPECT_GE(resumed, 1);
  EXPECT_EQ(server_.Rows(name), values);
}

TEST_F(ClientFineTuningTest, AStreamGoesOnAfterAnErrorThatPasses) {
  const std::string name = NewJob();
  const std::vector<float> values = Counting(50);
  server_.FailAfter(20);
  int64_t resumed = 0;
  const auto rows = client_->StreamExamples(
      name, Source(values, 1), {.on_resume = [&](int, const absl::Status& why) {
        EXPECT_EQ(why.message(), "the server is stopping");
        ++resumed;
      }});
  ASSERT_TRUE(rows.ok()) << rows.status();
  EXPECT_EQ(resumed, 1);
  EXPECT_EQ(server_.Rows(name), values);
}

TEST_F(ClientFineTuningTest, AStreamOutlivesItsServer) {
  const std::string name = NewJob();
  const std::vector<float> values = Counting(1'000);
  const ExampleSource source = Source(values, 10);
  const auto rows = client_->StreamExamples(name, [&](int64_t first) {
    if (first == 500) {
      server_.Stop();
      server_.Start();
    }
    return source(first);
  });
  ASSERT_TRUE(rows.ok()) << rows.status();
  EXPECT_EQ(server_.Rows(name), values);
}

TEST_F(ClientFineTuningTest, ASlowServerHoldsTheSourceBack) {
  const std::string name = NewJob();
  server_.Hold();
  const std::vector<float> large(600'000, 1.0f);  // 2.4 MB.
  std::atomic<int> asked = 0;
  std::thread sender([&] {
    const auto rows = client_->StreamExamples(name, [&](int64_t first) {
      ++asked;
      return first < 30 * 300'000 ? ExampleRows{.rows = 300'000, .x = large}
                                  : ExampleRows();
    });
    EXPECT_TRUE(rows.ok()) << rows.status();
  });
  server_.AwaitAppends(2);
  // 8 MiB and one message; no more, however long one waits.
  EXPECT_LE(asked, 5);
  server_.Release();
  sender.join();
  EXPECT_EQ(asked, 31);
}

TEST_F(ClientFineTuningTest, ACancelledStreamEndsAtOnce) {
  const std::string name = NewJob();
  server_.Hold();
  Cancellation cancellation;
  const std::vector<float> values = Counting(100);
  std::thread sender([&] {
    EXPECT_EQ(client_
                  ->StreamExamples(name, Source(values, 1), {},
                                   {.cancellation = cancellation})
                  .status()
                  .code(),
              absl::StatusCode::kCancelled);
  });
  server_.AwaitAppends(8);
  cancellation.Cancel();
  sender.join();
  server_.Release();
}

TEST_F(ClientFineTuningTest, AWatchTellsTheJobUntilItsEnd) {
  const std::string name = NewJob();
  std::vector<int64_t> steps;
  const auto job = client_->WatchFineTune(
      name, {.on_status = [&](const FineTune& status) {
        steps.push_back(status.step);
        if (status.step == 0) {
          server_.Step(name, 3, 1.5);
        } else if (status.published.empty()) {
          EXPECT_EQ(status.loss, 1.5);
          server_.Publish(name, 3);
        } else if (status.state == FineTuneState::kRunning) {
          server_.Succeed(name);
        }
      }});
  ASSERT_TRUE(job.ok()) << job.status();
  EXPECT_EQ(job->state, FineTuneState::kSucceeded);
  EXPECT_THAT(steps, ElementsAre(0, 3, 3, 3));
  ASSERT_EQ(job->published.size(), 1u);
  EXPECT_EQ(job->published[0].version, 3);
  EXPECT_EQ(job->published[0].check.improvement, 0.5);
  EXPECT_EQ(job->last_check->reference_version, 2);
}

TEST_F(ClientFineTuningTest, AWatchGoesOnWhereItsConnectionBreaks) {
  TcpProxy proxy(server_.port());
  const auto client = NewClient(proxy.address());
  const std::string name = NewJob();
  int64_t resumed = 0;
  const auto job = client->WatchFineTune(
      name, {.on_status =
                 [&](const FineTune& status) {
                   if (status.step >= 3) return server_.Succeed(name);
                   server_.Step(name, status.step + 1, 0.5);
                   proxy.Cut();
                 },
             .on_resume = [&](int, const absl::Status&) { ++resumed; }});
  ASSERT_TRUE(job.ok()) << job.status();
  EXPECT_EQ(job->state, FineTuneState::kSucceeded);
  EXPECT_GE(resumed, 1);
}

TEST_F(ClientFineTuningTest, AWatchEndsWithWhatEndsIt) {
  EXPECT_EQ(
      DetailsOf(client_->WatchFineTune(FineTuneName("plain", "none")).status())
          .reason,
      "JOB_NOT_FOUND");
  const std::string name = NewJob();
  Cancellation cancellation;
  EXPECT_EQ(
      client_
          ->WatchFineTune(
              name,
              {.on_status = [&](const FineTune&) { cancellation.Cancel(); }},
              {.cancellation = cancellation})
          .status()
          .code(),
      absl::StatusCode::kCancelled);
  server_.Fail(name, "the loss was not finite");
  const auto job = client_->WatchFineTune(name);
  ASSERT_TRUE(job.ok());
  EXPECT_EQ(job->state, FineTuneState::kFailed);
  EXPECT_THAT(std::string(job->error.message()), HasSubstr("not finite"));
}

TEST(ClientFineTuningWithoutJobsTest, AServerWithoutAStateFolderSaysSo) {
  TuneServer server(/*has_jobs=*/false);
  const auto client = NewClient(server.address());
  EXPECT_EQ(DetailsOf(client->CreateFineTune("job", Spec()).status()).reason,
            "NO_STATE_FOLDER");
  EXPECT_EQ(
      DetailsOf(client
                    ->StreamExamples(FineTuneName("plain", "job"),
                                     [](int64_t) { return ExampleRows(); })
                    .status())
          .reason,
      "NO_STATE_FOLDER");
}

}  // namespace
}  // namespace scoreserve
