#include "server/service/example_stream.h"

#include <cstdint>
#include <memory>
#include <numeric>
#include <string>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/server/service/fine_tuning_server.h"

namespace scoreserve {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// One stream of a test's.
class Stream {
 public:
  explicit Stream(FineTuningServer& server)
      : stream_(server.stub().StreamExamples(&context_)) {}

  bool Send(const v1::StreamExamplesRequest& message) {
    return stream_->Write(message);
  }
  void Close() { stream_->WritesDone(); }
  void Cancel() { context_.TryCancel(); }

  // The next answer; −1 where there is none.
  int64_t Next() {
    v1::StreamExamplesResponse response;
    return stream_->Read(&response) ? response.acknowledged() : -1;
  }
  // Reads until so many rows are acknowledged.
  bool Await(int64_t rows) {
    int64_t last = Next();
    for (; last >= 0 && last < rows; last = Next()) {
    }
    return last == rows;
  }
  // Reads all there is, and how it ended.
  grpc::Status Finish(int64_t* last = nullptr) {
    for (int64_t answer = Next(); answer >= 0; answer = Next()) {
      if (last != nullptr) *last = answer;
    }
    return stream_->Finish();
  }

 private:
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReaderWriter<v1::StreamExamplesRequest,
                                           v1::StreamExamplesResponse>>
      stream_;
};

TEST(ExampleStreamTest, RowsAreAddedInOrderAndAcknowledged) {
  FineTuningServer server;
  const std::string name = server.NewJob();
  server.jobs().Hold();
  Stream stream(server);
  ASSERT_TRUE(stream.Send(RowsMessage(name, 0, {1, 2, 3, 4})));
  EXPECT_EQ(stream.Next(), 0);  // At once: what was durable before.
  server.jobs().Release();
  ASSERT_TRUE(stream.Send(RowsMessage("", 2, {5, 6})));
  stream.Close();
  int64_t last = 0;
  EXPECT_TRUE(stream.Finish(&last).ok());
  EXPECT_EQ(last, 3);
  EXPECT_THAT(server.jobs().Rows(name), ElementsAre(1, 2, 3, 4, 5, 6));
  EXPECT_EQ(server.Counted("plain", "StreamExamples", absl::StatusCode::kOk),
            1);
}

TEST(ExampleStreamTest, AnotherStreamGoesOnWhereTheLastOneEnded) {
  FineTuningServer server;
  const std::string name = server.NewJob();
  {
    Stream stream(server);
    stream.Send(RowsMessage(name, 0, {1, 2, 3, 4}));
    ASSERT_TRUE(stream.Await(2));
    stream.Cancel();
    EXPECT_EQ(stream.Finish().error_code(), grpc::StatusCode::CANCELLED);
  }
  Stream stream(server);
  v1::StreamExamplesRequest question;
  question.set_name(name);
  ASSERT_TRUE(stream.Send(question));
  EXPECT_EQ(stream.Next(), 2);
  // Of these the first two are there.
  ASSERT_TRUE(stream.Send(RowsMessage(name, 0, {1, 2, 3, 4, 5, 6})));
  ASSERT_TRUE(stream.Await(3));
  // All of these are.
  ASSERT_TRUE(stream.Send(RowsMessage(name, 1, {3, 4})));
  stream.Close();
  EXPECT_TRUE(stream.Finish().ok());
  EXPECT_THAT(server.jobs().Rows(name), ElementsAre(1, 2, 3, 4, 5, 6));
}

TEST(ExampleStreamTest, AGapEndsTheStreamAfterTheAnswersBeforeIt) {
  FineTuningServer server;
  const std::string name = server.NewJob();
  Stream stream(server);
  stream.Send(RowsMessage(name, 0, {1, 2}));
  stream.Send(RowsMessage(name, 5, {3, 4}));
  // The client does not close: the server ends it.
  int64_t last = 0;
  const grpc::Status status = stream.Finish(&last);
  EXPECT_EQ(last, 1);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(PartsOf(status).reason, "OFFSET_GAP");
  EXPECT_THAT(server.jobs().Rows(name), ElementsAre(1, 2));
  EXPECT_EQ(server.Counted("plain", "StreamExamples",
                           absl::StatusCode::kInvalidArgument),
            1);
}

TEST(ExampleStreamTest, AnErrorOfTheJobEndsItAndKeepsWhatWasAnswered) {
  FineTuningServer server;
  const std::string name = server.NewJob("job", /*max_rows=*/3);
  Stream stream(server);
  for (int64_t i = 0; i < 5; ++i) {
    stream.Send(RowsMessage(name, i, {float(i), float(i)}));
  }
  int64_t last = 0;
  const grpc::Status status = stream.Finish(&last);
  EXPECT_EQ(last, 3);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(PartsOf(status).reason, "QUOTA_REACHED");
  EXPECT_EQ(server.jobs().Rows(name).size(), 6u);
}

TEST(ExampleStreamTest, WhatIsWrongWithAMessageIsNamed) {
  FineTuningServer server(/*has_jobs=*/true, /*classes=*/3);
  const std::string name = server.NewJob();
  const auto end = [&](const v1::StreamExamplesRequest& message) {
    Stream stream(server);
    stream.Send(message);
    return stream.Finish();
  };
  EXPECT_EQ(PartsOf(end(RowsMessage("models/plain/fineTunes/none", 0, {1, 2})))
                .reason,
            "JOB_NOT_FOUND");
  v1::StreamExamplesRequest message = RowsMessage(name, 0, {1, 2});
  message.mutable_x()->set_shape(1, 3);
  EXPECT_EQ(PartsOf(end(message)).field, "x.shape");
  EXPECT_EQ(PartsOf(end(RowsMessage(name, -1, {1, 2}))).field, "first_offset");
  message = RowsMessage(name, 0, {1, 2, 3, 4, 5, 6});
  message.add_classes(0);
  message.add_classes(1);
  EXPECT_EQ(PartsOf(end(message)).field, "classes");
  message.add_classes(3);
  EXPECT_EQ(PartsOf(end(message)).field, "classes[2]");
  EXPECT_TRUE(server.jobs().Rows(name).empty());
  // A name in a later message is that of the first.
  const std::string other = server.NewJob("other");
  Stream stream(server);
  stream.Send(RowsMessage(name, 0, {1, 2}));
  stream.Send(RowsMessage(other, 1, {3, 4}));
  EXPECT_EQ(PartsOf(stream.Finish()).field, "name");
  EXPECT_TRUE(server.jobs().Rows(other).empty());
}

TEST(ExampleStreamTest, OneClassIsThatOfAllRows) {
  FineTuningServer server(/*has_jobs=*/true, /*classes=*/3);
  const std::string name = server.NewJob();
  Stream stream(server);
  v1::StreamExamplesRequest message = RowsMessage(name, 0, {1, 2, 3, 4});
  message.add_classes(2);
  stream.Send(message);
  message = RowsMessage(name, 2, {5, 6, 7, 8});
  message.add_classes(-1);
  message.add_classes(0);
  stream.Send(message);
  stream.Close();
  EXPECT_TRUE(stream.Finish().ok());
  EXPECT_THAT(server.jobs().Classes(name), ElementsAre(2, 2, -1, 0));
}

TEST(ExampleStreamTest, AModelWithoutClassesTakesNone) {
  FineTuningServer server;
  Stream stream(server);
  v1::StreamExamplesRequest message = RowsMessage(server.NewJob(), 0, {1, 2});
  message.add_classes(0);
  stream.Send(message);
  EXPECT_EQ(PartsOf(stream.Finish()).field, "classes");
}

TEST(ExampleStreamTest, NotMoreThanEightMessagesWaitForTheDisk) {
  FineTuningServer server;
  const std::string name = server.NewJob();
  server.jobs().Hold();
  Stream stream(server);
  constexpr int64_t kMessages = 40;
  std::thread writer([&] {
    for (int64_t i = 0; i < kMessages; ++i) {
      stream.Send(RowsMessage(name, i, {float(i), float(i)}));
    }
    stream.Close();
  });
  EXPECT_EQ(stream.Next(), 0);
  server.jobs().AwaitAppends(8);
  // Each that is done makes room for one.
  for (int64_t done = 1; done <= 10; ++done) {
    EXPECT_EQ(server.jobs().appends(), 7 + done);
    server.jobs().Release(1);
    ASSERT_TRUE(stream.Await(done));
    server.jobs().AwaitAppends(8 + done);
  }
  server.jobs().Release();
  int64_t last = 0;
  EXPECT_TRUE(stream.Finish(&last).ok());
  writer.join();
  EXPECT_EQ(last, kMessages);
  EXPECT_EQ(server.jobs().Rows(name).size(), 2u * kMessages);
}

TEST(ExampleStreamTest, LargeMessagesWaitSooner) {
  FineTuningServer server;
  const std::string name = server.NewJob();
  server.jobs().Hold();
  Stream stream(server);
  const std::vector<float> large(600'000, 1.0f);  // 2.4 MB.
  std::thread writer([&] {
    for (int64_t i = 0; i < 4; ++i) {
      stream.Send(RowsMessage(name, i * 300'000, large));
    }
    stream.Close();
  });
  EXPECT_EQ(stream.Next(), 0);
  server.jobs().AwaitAppends(2);
  server.jobs().Release(1);
  ASSERT_TRUE(stream.Await(300'000));
  server.jobs().AwaitAppends(3);
  EXPECT_EQ(server.jobs().appends(), 3);
  server.jobs().Release();
  EXPECT_TRUE(stream.Finish().ok());
  writer.join();
  EXPECT_EQ(server.jobs().Rows(name).size(), 4 * large.size());
}

// Answers that nobody reads take the place of one another: the stream goes on.
TEST(ExampleStreamTest, ASlowReaderGetsTheNewestAnswer) {
  FineTuningServer server;
  const std::string name = server.NewJob();
  Stream stream(server);
  constexpr int64_t kMessages = 2'000;
  for (int64_t i = 0; i < kMessages; ++i) {
    ASSERT_TRUE(stream.Send(RowsMessage(name, i, {float(i), 0.0f})));
  }
  stream.Close();
  server.jobs().AwaitAppends(kMessages);
  int64_t last = 0;
  EXPECT_TRUE(stream.Finish(&last).ok());
  EXPECT_EQ(last, kMessages);
}

TEST(ExampleStreamTest, ACancelledStreamEndsOnceItsRowsAreAnswered) {
  FineTuningServer server;
  const std::string name = server.NewJob();
  server.jobs().Hold();
  {
    Stream stream(server);
    for (int64_t i = 0; i < 20; ++i) {
      stream.Send(RowsMessage(name, i, {1.0f, 1.0f}));
    }
    server.jobs().AwaitAppends(8);
    stream.Cancel();
    EXPECT_EQ(stream.Finish().error_code(), grpc::StatusCode::CANCELLED);
  }
  // Its reactor waits for them still: they come back to a live one.
  EXPECT_EQ(
      server.Counted("plain", "StreamExamples", absl::StatusCode::kCancelled),
      0);
  server.jobs().Release();
  // What was handed over is kept, and a new stream knows.
  Stream again(server);
  for (int64_t i = 0; i < 9; ++i) {
    again.Send(RowsMessage(name, i, {1.0f, 1.0f}));
  }
  again.Close();
  int64_t last = 0;
  EXPECT_TRUE(again.Finish(&last).ok());
  // Messages that had arrived behind those, before the stream was cancelled,
  // may have been read; none of them in part.
  EXPECT_GE(last, 9);
  EXPECT_LE(last, 20);
  EXPECT_EQ(server.jobs().Rows(name).size(), 2 * static_cast<size_t>(last));
}

TEST(ExampleStreamTest, HalfClosedWithoutAMessageIsNothing) {
  FineTuningServer server;
  Stream stream(server);
  stream.Close();
  EXPECT_TRUE(stream.Finish().ok());
}

TEST(ExampleStreamTest, TheEndOfTheJobEndsItWithTheNextRows) {
  FineTuningServer server;
  const std::string name = server.NewJob();
  Stream stream(server);
  stream.Send(RowsMessage(name, 0, {1, 2}));
  ASSERT_TRUE(stream.Await(1));
  server.jobs().Change(name, [](FineTuneStatus& status) {
    status.state = FineTuneState::kSucceeded;
  });
  stream.Send(RowsMessage(name, 1, {1, 2}));
  const grpc::Status status = stream.Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(PartsOf(status).reason, "JOB_ENDED");
}

// Cancelled at every moment there is: nothing is left behind, or finished
// twice.
TEST(ExampleStreamTest, ManyStreamsThatAreCutOffLoseNoRow) {
  FineTuningServer server;
  const std::string name = server.NewJob();
  constexpr int64_t kRows = 400;
  int64_t acknowledged = 0;
  for (int64_t attempt = 1; acknowledged < kRows; ++attempt) {
    Stream stream(server);
    v1::StreamExamplesRequest question;
    question.set_name(name);
    stream.Send(question);
    acknowledged = stream.Next();
    ASSERT_GE(acknowledged, 0);
    if (acknowledged == kRows) break;
    for (int64_t i = 0; i < 1 + attempt % 20 && acknowledged + i < kRows; ++i) {
      const auto value = static_cast<float>(acknowledged + i);
      stream.Send(RowsMessage("", acknowledged + i, {value, value}));
    }
    if (attempt % 3 == 0) stream.Await(acknowledged + 1);
    stream.Cancel();
    stream.Finish();
  }
  const std::vector<float> rows = server.jobs().Rows(name);
  ASSERT_EQ(rows.size(), 2u * kRows);
  for (int64_t i = 0; i < kRows; ++i) {
    ASSERT_EQ(rows[static_cast<size_t>(2 * i)], static_cast<float>(i));
  }
}

}  // namespace
}  // namespace scoreserve
