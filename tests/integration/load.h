// A mixed load on one server, for tests of what it leaves behind: queries and
// requests for samples, most of which end well, some badly and some early.

#ifndef SCORESERVE_TESTS_INTEGRATION_LOAD_H_
#define SCORESERVE_TESTS_INTEGRATION_LOAD_H_

#include <barrier>
#include <chrono>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "absl/synchronization/notification.h"
#include "gtest/gtest.h"
#include "tests/support/one_thread.h"
#include "tests/support/test_models.h"
#include "tests/support/test_server.h"

namespace scoreserve {

// What becomes of a request, by its number: four of five are answered.
enum class LoadFate { kAnswered, kUnknown, kRefused, kCancelled, kLate };
inline LoadFate LoadFateOf(int64_t number) {
  if (number % 5 != 0) return LoadFate::kAnswered;
  return static_cast<LoadFate>(1 + number / 5 % 4);
}

// Has a server of its own.
class Load {
 public:
  Load()
      : server_({{"mlp", MlpFiles(kDim)}, {"gauss", GaussianFiles(4, 1.0f)}},
                LettingInWhatWillBeLate()) {
    // Passes as large as they come, so that later none makes a buffer grow.
    v1::ScoreResponse response;
    grpc::ClientContext context;
    const std::vector<float> x(8192 * kDim, 0.5f);
    EXPECT_TRUE(server_.scoring()
                    ->Score(&context, ScoreOf("mlp", x, kDim), &response)
                    .ok());
  }

  Server& server() { return server_.server(); }
  std::unique_ptr<v1::Sampling::Stub> sampling() { return server_.sampling(); }

  // Asks `queries` queries, a multiple of 80, and `samplings` requests for
  // samples, from the same five threads each of `rounds` times. `after` is
  // called when a round has been answered.
  void Run(
      int64_t queries, int64_t samplings, int rounds = 1,
      const std::function<void()>& after = [] {}) {
    constexpr int64_t kShares = 4;
    std::barrier answered(1 + kShares, [&]() noexcept { after(); });
    std::vector<std::thread> callers;
    const auto add = [&](auto ask) {
      callers.emplace_back([&answered, rounds, ask] {
        for (int round = 0; round < rounds; ++round) {
          ask();
          answered.arrive_and_wait();
        }
      });
    };
    const int64_t share = queries / kShares;
    add([=, this] { AskSamples(samplings); });
    add([=, this] { Stream(share); });
    for (int64_t i = 1; i < kShares; ++i) add([=, this] { AskScores(share); });
    for (std::thread& caller : callers) caller.join();
  }

  // Whether the counters of live work become 0, which a cancelled request may
  // take another pass for. Gives up after a minute.
  bool ComesToRest() {
    const Engine& engine = server().engine();
    const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    while (engine.metrics().waiting_query_rows != 0 ||
           engine.metrics().live_trajectories != 0 ||
           engine.ledger().outstanding(WorkClass::kQuery) != 0 ||
           engine.ledger().outstanding(WorkClass::kSampling) != 0) {
      if (std::chrono::steady_clock::now() > end) return false;
      std::this_thread::yield();
    }
    return true;
  }

  // Asks one query after the other, all of them good.
  void AskOneByOne(int64_t count) {
    const auto stub = server_.scoring();
    for (int64_t number = 0; number < count; ++number) {
      AskScore(*stub, number, LoadFate::kAnswered);
    }
  }

 private:
  static constexpr int64_t kDim = 64;

  static ServerOptions LettingInWhatWillBeLate() {
    ServerOptions options;
    options.ledger.patience = std::numeric_limits<double>::infinity();
    return options;
  }

  static v1::ScoreRequest Query(int64_t number, LoadFate fate) {
    const int64_t rows = 1 + number % 16;
    std::vector<float> x(rows * kDim, 0.5f);
    if (fate == LoadFate::kRefused) {
      x.back() = std::numeric_limits<float>::quiet_NaN();
    }
    return ScoreOf(fate == LoadFate::kUnknown ? "nobody" : "mlp", x, kDim);
  }

  // A cancelled or late request may still be answered first.
  static void ExpectFits(LoadFate fate, grpc::StatusCode code) {
    const bool early = fate == LoadFate::kCancelled || fate == LoadFate::kLate;
    if (early && code == grpc::StatusCode::OK) return;
    grpc::StatusCode expected = grpc::StatusCode::OK;
    if (fate == LoadFate::kUnknown) expected = grpc::StatusCode::NOT_FOUND;
    if (fate == LoadFate::kRefused)
      expected = grpc::StatusCode::INVALID_ARGUMENT;
    if (fate == LoadFate::kCancelled) expected = grpc::StatusCode::CANCELLED;
    if (fate == LoadFate::kLate) expected = grpc::StatusCode::DEADLINE_EXCEEDED;
    EXPECT_EQ(code, expected);
  }

  static void SetDeadline(LoadFate fate, std::chrono::microseconds late,
                          grpc::ClientContext* context) {
    if (fate != LoadFate::kLate) return;
    context->set_deadline(std::chrono::system_clock::now() + late);
  }

  static void AskScore(v1::Scoring::Stub& stub, int64_t number, LoadFate fate) {
    const v1::ScoreRequest request = Query(number, fate);
    v1::ScoreResponse response;
    grpc::ClientContext context;
    SetDeadline(fate, std::chrono::microseconds(300), &context);
    grpc::Status status;
    absl::Notification done;
    stub.async()->Score(&context, &request, &response, [&](grpc::Status ended) {
      status = std::move(ended);
      done.Notify();
    });
    if (fate == LoadFate::kCancelled) context.TryCancel();
    done.WaitForNotification();
    ExpectFits(fate, status.error_code());
  }

  void AskScores(int64_t count) {
    const auto stub = server_.scoring();
    for (int64_t number = 0; number < count; ++number) {
      AskScore(*stub, number, LoadFateOf(number));
    }
  }

  // In streams of twenty messages.
  void Stream(int64_t count) {
    constexpr int64_t kMessages = 20;
    const auto stub = server_.scoring();
    for (int64_t first = 0; first < count; first += kMessages) {
      grpc::ClientContext context;
      const auto stream = stub->ScoreStream(&context);
      for (int64_t number = first; number < first + kMessages; ++number) {
        v1::ScoreStreamRequest message;
        message.set_id(number);
        *message.mutable_request() = Query(number, LoadFateOf(number));
        stream->Write(message);
      }
      const bool cancelled = first / kMessages % 5 == 0;
      if (cancelled) context.TryCancel();
      stream->WritesDone();
      v1::ScoreStreamResponse reply;
      int64_t replies = 0;
      while (stream->Read(&reply)) ++replies;
      const grpc::Status status = stream->Finish();
      if (cancelled) {
        ExpectFits(LoadFate::kCancelled, status.error_code());
      } else {
        EXPECT_TRUE(status.ok()) << status.error_message();
        EXPECT_EQ(replies, kMessages);
      }
    }
  }

  void AskSamples(int64_t count) {
    const auto stub = server_.sampling();
    for (int64_t number = 0; number < count; ++number) {
      const LoadFate fate = LoadFateOf(number);
      const bool early =
          fate == LoadFate::kCancelled || fate == LoadFate::kLate;
      const int64_t rows = fate == LoadFate::kRefused ? 0 : 1 + number % 8;
      v1::SampleRequest request =
          LangevinOf(fate == LoadFate::kUnknown ? "nobody" : "gauss", rows,
                     /*steps=*/early ? 1'000'000 : 50);
      if (number % 3 == 0 && !early) request.set_states_every(10);
      grpc::ClientContext context;
      SetDeadline(fate, std::chrono::milliseconds(3), &context);
      const auto reader = stub->Sample(&context, request);
      v1::SampleResponse frame;
      while (reader->Read(&frame)) {
        if (fate == LoadFate::kCancelled) context.TryCancel();
      }
      ExpectFits(fate, reader->Finish().error_code());
    }
  }

  TestServer server_;
};

}  // namespace scoreserve

#endif  // SCORESERVE_TESTS_INTEGRATION_LOAD_H_
