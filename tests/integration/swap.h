// A model whose versions are told apart by their scores, asked while they come
// and go.

#ifndef SCORESERVE_TESTS_INTEGRATION_SWAP_H_
#define SCORESERVE_TESTS_INTEGRATION_SWAP_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "scoreserve/v1/model_admin.grpc.pb.h"
#include "server/engine/version_keeper.h"
#include "tests/support/test_server.h"

namespace scoreserve {

// N((mean, mean), I): the score at x is mean − x.
inline ModelFiles MeanFiles(float mean) {
  ModelFiles files = GaussianFiles(2, 1.0f);
  for (float& value : files.arrays.at("means").values) value = mean;
  return files;
}

// Serves "swapped", whose version v has the mean v.
class Swap {
 public:
  explicit Swap(ServerOptions options = {})
      : server_({{"swapped", MeanFiles(1.0f)}}, std::move(options)) {}

  TestServer& server() { return server_; }

  // Publishes the next version, by fine-tuning as it were.
  void Publish() {
    const int64_t next = newest_ + 1;
    const absl::StatusOr<int64_t> version = server_.repository().Write(
        "swapped", MeanFiles(static_cast<float>(next)),
        {{kFineTuneFile, "{}"}});
    ASSERT_TRUE(version.ok()) << version.status();
    ASSERT_EQ(*version, next);
    newest_ = next;
  }
  int64_t newest() const { return newest_; }

  // Moves "stable" over the wire.
  void SetStable(int64_t version) {
    v1::UpdateModelRequest request;
    request.set_name("swapped");
    (*request.mutable_set_aliases())["stable"] = version;
    grpc::ClientContext context;
    v1::UpdateModelResponse response;
    const grpc::Status status =
        admin_->UpdateModel(&context, request, &response);
    ASSERT_TRUE(status.ok()) << status.error_message();
    ASSERT_EQ(response.model().version(), version);
  }

  // Asks from two threads, by queries and by short runs, while `swap` runs.
  // Every request must be answered, by the version that its reply names.
  // Returns how many were.
  int64_t AskDuring(const std::function<void()>& swap) {
    std::atomic<bool> done = false;
    std::atomic<int64_t> answered = 0;
    std::vector<std::thread> callers;
    callers.emplace_back([&] {
      const auto stub = server_.scoring();
      do {
        AskScore(*stub);
        ++answered;
      } while (!done);
    });
    callers.emplace_back([&] {
      const auto stub = server_.sampling();
      do {
        AskSample(*stub);
        ++answered;
      } while (!done);
    });
    swap();
    done = true;
    for (std::thread& caller : callers) caller.join();
    return answered;
  }

 private:
  static void AskScore(v1::Scoring::Stub& stub) {
    grpc::ClientContext context;
    v1::ScoreResponse response;
    const grpc::Status status =
        stub.Score(&context, ScoreOf("swapped", {0, 0, 1, 1}, 2), &response);
    ASSERT_TRUE(status.ok()) << status.error_message();
    const auto mean = static_cast<float>(response.version());
    ASSERT_EQ(Values(response.score()),
              (std::vector<float>{mean, mean, mean - 1, mean - 1}));
  }

  // Langevin of step size 1 at temperature 0 is at the mean after a step, and
  // stays there: a run that changed its version on the way would not.
  static void AskSample(v1::Sampling::Stub& stub) {
    v1::SampleRequest request =
        LangevinOf("swapped", 1, /*steps=*/20, /*step_size=*/1.0);
    (*request.mutable_options())["temperature"].set_number(0.0);
    grpc::ClientContext context;
    const auto reader = stub.Sample(&context, request);
    v1::SampleResponse frame;
    int64_t version = 0;
    std::vector<float> sample;
    while (reader->Read(&frame)) {
      if (frame.has_started()) version = frame.started().version();
      if (frame.has_final()) sample = Values(frame.final().x());
    }
    const grpc::Status status = reader->Finish();
    ASSERT_TRUE(status.ok()) << status.error_message();
    ASSERT_EQ(sample.size(), 2u);
    for (const float value : sample) {
      ASSERT_NEAR(value, static_cast<float>(version), 1e-6 * version);
    }
  }

  TestServer server_;
  std::unique_ptr<v1::ModelAdmin::Stub> admin_ =
      v1::ModelAdmin::NewStub(server_.channel());
  int64_t newest_ = 1;
};

}  // namespace scoreserve

#endif  // SCORESERVE_TESTS_INTEGRATION_SWAP_H_
