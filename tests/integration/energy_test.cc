// Energies over the wire, and chains on energies that were trained, not given.

#include <cmath>
#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <numbers>
#include <string>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/test_server.h"

namespace scoreserve {
namespace {

using ::testing::ElementsAre;

constexpr double kEnvelope = 2.0;
constexpr int64_t kDim = 4;

std::vector<double> Doubles(const v1::Tensor& tensor) {
  EXPECT_EQ(tensor.dtype(), v1::DTYPE_FLOAT64);
  std::vector<double> values(tensor.data().size() / sizeof(double));
  memcpy(values.data(), tensor.data().data(), tensor.data().size());
  return values;
}

class EnergyTest : public testing::Test {
 protected:
  EnergyTest()
      : server_(
            {{"noisy", GaussianFiles(2, 1.0f, LabelKind::kNoiseLevel)},
             {"mlp", MlpFiles(8)},
             {"energy", EnergyMlpFiles(kDim, kEnvelope)},
             {"envelope", EnergyMlpFiles(kDim, kEnvelope, /*zeroed=*/true)}}),
        scoring_(server_.scoring()) {}

  static v1::ScoreRequest EnergyOf(const std::string& model,
                                   const std::vector<float>& x, int64_t dim) {
    v1::ScoreRequest request = ScoreOf(model, x, dim);
    request.set_energy(true);
    return request;
  }

  grpc::Status Score(const v1::ScoreRequest& request,
                     v1::ScoreResponse* response) {
    grpc::ClientContext context;
    return scoring_->Score(&context, request, response);
  }

  struct Sampled {
    std::vector<float> samples;
    v1::Diagnostics diagnostics;
  };

  // MALA, with diagnostics of its second half.
  Sampled Mala(const std::string& model, int64_t rows, int64_t steps,
               double step_size) {
    v1::SampleRequest request = LangevinOf(model, rows, steps, step_size);
    request.set_sampler("mala");
    request.mutable_diagnostics()->set_burn_in(steps / 2);
    grpc::ClientContext context;
    const auto reader = server_.sampling()->Sample(&context, request);
    Sampled sampled;
    v1::SampleResponse frame;
    while (reader->Read(&frame)) {
      if (!frame.has_final()) continue;
      const std::vector<float> x = Values(frame.final().x());
      sampled.samples.insert(sampled.samples.end(), x.begin(), x.end());
      if (frame.final().last())
        sampled.diagnostics = frame.final().diagnostics();
    }
    const grpc::Status status = reader->Finish();
    EXPECT_TRUE(status.ok()) << status.error_message();
    EXPECT_EQ(static_cast<int64_t>(sampled.samples.size()), rows * kDim);
    return sampled;
  }

  TestServer server_;
  std::unique_ptr<v1::Scoring::Stub> scoring_;
};

TEST_F(EnergyTest, ComesWithTheScoreWhereItIsAskedFor) {
  v1::ScoreRequest request = EnergyOf("noisy", {3, 4, 0, 0}, 2);
  request.mutable_noise_level()->add_values(2.0);
  v1::ScoreResponse response;
  ASSERT_TRUE(Score(request, &response).ok());
  EXPECT_THAT(response.energy().shape(), ElementsAre(2));
  const double least = std::log(2.0 * std::numbers::pi * 5.0);
  const std::vector<double> energies = Doubles(response.energy());
  ASSERT_EQ(energies.size(), 2u);
  EXPECT_NEAR(energies[0], 2.5 + least, 1e-12);
  EXPECT_NEAR(energies[1], least, 1e-12);
  EXPECT_NEAR(Values(response.score())[0], -0.6f, 1e-6f);
  request.set_energy(false);
  ASSERT_TRUE(Score(request, &response).ok());
  EXPECT_FALSE(response.has_energy());
}

TEST_F(EnergyTest, IsRefusedWhereTheModelHasNone) {
  v1::ScoreResponse response;
  const grpc::Status status =
      Score(EnergyOf("mlp", std::vector<float>(8), 8), &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(status.error_message(),
            "energy must be false: the model has a score alone; was true");
  EXPECT_EQ(DetailsOf(status).reason, "UNSUITABLE_MODEL");
  EXPECT_EQ(DetailsOf(status).field, "energy");
}

TEST_F(EnergyTest, EachMessageOfAStreamAsksForItself) {
  constexpr uint64_t kMessages = 300;
  grpc::ClientContext context;
  const auto stream = scoring_->ScoreStream(&context);
  std::map<uint64_t, v1::ScoreStreamResponse> replies;
  std::thread reader([&] {
    v1::ScoreStreamResponse reply;
    while (stream->Read(&reply)) replies.emplace(reply.id(), reply);
  });
  for (uint64_t id = 0; id < kMessages; ++id) {
    v1::ScoreStreamRequest message;
    message.set_id(id);
    const float value = static_cast<float>(id % 7);
    *message.mutable_request() =
        id % 3 == 0 ? EnergyOf("mlp", std::vector<float>(8), 8)
        : id % 3 == 1
            ? EnergyOf("envelope", std::vector<float>(kDim, value), kDim)
            : ScoreOf("envelope", std::vector<float>(kDim, value), kDim);
    ASSERT_TRUE(stream->Write(message));
  }
  stream->WritesDone();
  reader.join();
  EXPECT_TRUE(stream->Finish().ok());
  ASSERT_EQ(replies.size(), kMessages);
  for (const auto& [id, reply] : replies) {
    if (id % 3 == 0) {
      EXPECT_EQ(DetailsOf(reply.status()).reason, "UNSUITABLE_MODEL");
      EXPECT_FALSE(reply.has_response());
      continue;
    }
    const auto value = static_cast<double>(id % 7);
    ASSERT_EQ(reply.status().code(), 0);
    EXPECT_EQ(Values(reply.response().score())[0], -0.25 * value);
    ASSERT_EQ(reply.response().has_energy(), id % 3 == 1);
    if (id % 3 == 2) continue;
    EXPECT_THAT(Doubles(reply.response().energy()),
                ElementsAre(kDim * value * value * 0.125));
  }
}

TEST_F(EnergyTest, MalaRejectsSomeProposalsOnAPerceptronsEnergy) {
  const Sampled sampled = Mala("energy", 64, 2000, /*step_size=*/1.0);
  ASSERT_TRUE(sampled.diagnostics.has_acceptance_rate());
  EXPECT_GT(sampled.diagnostics.acceptance_rate(), 0.2);
  EXPECT_LT(sampled.diagnostics.acceptance_rate(), 1.0);
}

// The starts are N(0, I), and proposals alone would have a variance of 4 / (1 −
// 2 / 8) = 5.3.
TEST_F(EnergyTest, MalaOnTheEnvelopeAloneHasItsVariance) {
  constexpr int64_t kRows = 1024;
  const Sampled sampled = Mala("envelope", kRows, 200, /*step_size=*/2.0);
  EXPECT_LT(sampled.diagnostics.acceptance_rate(), 1.0);
  double sum = 0.0;
  for (const float x : sampled.samples) sum += double{x} * x;
  const double count = kRows * kDim;
  const double variance = kEnvelope * kEnvelope;
  EXPECT_NEAR(sum / count, variance, 5.0 * variance * std::sqrt(2.0 / count));
}

}  // namespace
}  // namespace scoreserve
