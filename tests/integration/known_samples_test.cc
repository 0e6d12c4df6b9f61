// Sample with what is known of its rows: masks, domains, noised starts,
// conditions.

#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/support/test_server.h"

namespace scoreserve {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

class KnownSamplesTest : public testing::Test {
 protected:
  KnownSamplesTest()
      : server_({{"gauss", GaussianFiles(2, 1.0f)},
                 {"scaled", Scaled()},
                 {"noisy", GaussianFiles(2, 1.0f, LabelKind::kNoiseLevel)}}),
        sampling_(server_.sampling()) {}

  // Data space is 10 + 4 · model space.
  static ModelFiles Scaled() {
    ModelFiles files = GaussianFiles(2, 1.0f);
    files.config.data.offset = 10.0;
    files.config.data.scale = 4.0;
    return files;
  }

  std::vector<float> Draw(const v1::SampleRequest& request,
                          grpc::Status* status = nullptr) {
    std::vector<float> samples;
    grpc::ClientContext context;
    const auto reader = sampling_->Sample(&context, request);
    v1::SampleResponse frame;
    while (reader->Read(&frame)) {
      if (!frame.has_final()) continue;
      const std::vector<float> rows = Values(frame.final().x());
      samples.insert(samples.end(), rows.begin(), rows.end());
    }
    const grpc::Status ended = reader->Finish();
    if (status == nullptr) {
      EXPECT_TRUE(ended.ok()) << ended.error_message();
    } else {
      *status = ended;
    }
    return samples;
  }

  std::string RefusedField(const v1::SampleRequest& request) {
    grpc::Status status;
    EXPECT_TRUE(Draw(request, &status).empty());
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT)
        << status.error_message();
    return DetailsOf(status).field;
  }

  static void SetMask(const std::vector<float>& value,
                      const std::vector<float>& deviation,
                      v1::SampleRequest* request) {
    *request->mutable_mask()->mutable_value() = RowsTensor(value, 2);
    *request->mutable_mask()->mutable_deviation() = RowsTensor(deviation, 2);
  }

  TestServer server_;
  std::unique_ptr<v1::Sampling::Stub> sampling_;
};

TEST_F(KnownSamplesTest,
       AKnownCoordinateIsExactInDataSpaceAndTheOthersAreFree) {
  v1::SampleRequest request = LangevinOf("scaled", 100, 50);
  request.set_seed(3);
  SetMask({12.5f, 0.0f}, {0.0f, kInfinity}, &request);
  const std::vector<float> samples = Draw(request);
  ASSERT_EQ(samples.size(), 200u);
  double squares = 0.0;
  for (size_t i = 0; i < samples.size(); i += 2) {
    EXPECT_FLOAT_EQ(samples[i], 12.5f);
    squares += (samples[i + 1] - 10.0) * (samples[i + 1] - 10.0) / 16.0;
  }
  // 100 independent rows of variance 1/(1 − h/2): 5 standard errors.
  const double variance = 1.0 / (1.0 - 0.1 / 2.0);
  EXPECT_NEAR(squares / 100.0, variance, 5.0 * variance * std::sqrt(0.02));
}

TEST_F(KnownSamplesTest, AMaskOfEachRowStaysWithThatRow) {
  v1::SampleRequest request = LangevinOf("gauss", 3, 20);
  SetMask({1, 2, 3, 4, 5, 6}, {0, kInfinity, kInfinity, 0, 0, 0}, &request);
  const std::vector<float> samples = Draw(request);
  ASSERT_EQ(samples.size(), 6u);
  EXPECT_EQ(samples[0], 1.0f);
  EXPECT_NE(samples[1], 2.0f);
  EXPECT_NE(samples[2], 3.0f);
  EXPECT_EQ(samples[3], 4.0f);
  EXPECT_EQ(samples[4], 5.0f);
  EXPECT_EQ(samples[5], 6.0f);
}

TEST_F(KnownSamplesTest, RowsStayInTheirDomainAlsoBetweenSteps) {
  for (const v1::Boundary boundary :
       {v1::BOUNDARY_PROJECT, v1::BOUNDARY_REFLECT}) {
    v1::SampleRequest request = LangevinOf("scaled", 64, 30);
    request.mutable_domain()->set_lower(10.0);
    request.mutable_domain()->set_upper(13.0);
    request.mutable_domain()->set_boundary(boundary);
    int at_the_bound = 0;
    for (const float x : Draw(request)) {
      EXPECT_GE(x, 10.0f);
      EXPECT_LE(x, 13.0f);
      at_the_bound += x == 10.0f;
    }
    // Projected rows pile up at the boundary, mirrored ones never stay there.
    EXPECT_EQ(at_the_bound > 0, boundary == v1::BOUNDARY_PROJECT);
  }
}

TEST_F(KnownSamplesTest, NoneOfItChangesTheRowsOfOthers) {
  v1::SampleRequest plain = LangevinOf("gauss", 8, 100);
  plain.set_seed(5);
  const std::vector<float> alone = Draw(plain);
  v1::SampleRequest masked = LangevinOf("gauss", 8, 100);
  SetMask({1, 1}, {0, 0}, &masked);
  masked.mutable_domain()->set_lower(0.0);
  grpc::ClientContext context;
  const auto reader = sampling_->Sample(&context, masked);
  EXPECT_EQ(Draw(plain), alone);
  v1::SampleResponse frame;
  while (reader->Read(&frame)) {
  }
  EXPECT_TRUE(reader->Finish().ok());
}

TEST_F(KnownSamplesTest, CleanStartsAreNoisedToTheFirstLevel) {
  v1::SampleRequest request;
  request.mutable_model()->set_name("noisy");
  request.set_sampler("annealed_langevin");
  request.set_rows(400);
  request.set_seed(1);
  request.set_states_every(1);
  (*request.mutable_options())["first_noise_level"].set_number(3.0);
  (*request.mutable_options())["last_noise_level"].set_number(3.0);
  (*request.mutable_options())["levels"].set_integer(2);
  (*request.mutable_options())["num_steps"].set_integer(1);
  (*request.mutable_options())["step_size"].set_number(1e-12);
  *request.mutable_start() = RowsTensor(std::vector<float>(800, 7.0f), 2);
  request.set_noise_start(true);
  double sum = 0.0, squares = 0.0;
  for (const float x : Draw(request)) {
    sum += x;
    squares += (x - 7.0) * (x - 7.0);
  }
  EXPECT_NEAR(sum / 800.0, 7.0, 5.0 * 3.0 / std::sqrt(800.0));
  EXPECT_NEAR(squares / 800.0, 9.0, 5.0 * 9.0 * std::sqrt(2.0 / 800.0));
}

TEST_F(KnownSamplesTest, RefusalsNameTheField) {
  const v1::SampleRequest good = LangevinOf("gauss", 3, 10);
  v1::SampleRequest request = good;
  SetMask({1, 2, 3, 4}, {0, 0, 0, 0}, &request);
  EXPECT_EQ(RefusedField(request), "mask.value.shape[0]");
  request = good;
  SetMask({1, kNan}, {0, 0}, &request);
  EXPECT_EQ(RefusedField(request), "mask.value.data[1]");
  request = good;
  SetMask({1, 2}, {0, -0.5f}, &request);
  EXPECT_EQ(RefusedField(request), "mask.deviation.data[1]");
  request = good;
  SetMask({1, 2}, {kNan, 0}, &request);
  EXPECT_EQ(RefusedField(request), "mask.deviation.data[0]");
  request = good;
  *request.mutable_mask()->mutable_value() = RowsTensor({1, 2}, 2);
  EXPECT_EQ(RefusedField(request), "mask.deviation.dtype");
  request = good;
  request.mutable_domain();
  EXPECT_EQ(RefusedField(request), "domain");
  request.mutable_domain()->set_lower(1.0);
  request.mutable_domain()->set_upper(1.0);
  EXPECT_EQ(RefusedField(request), "domain.upper");
  request.mutable_domain()->set_upper(kNan);
  EXPECT_EQ(RefusedField(request), "domain.upper");
  request.mutable_domain()->set_upper(2.0);
  request.mutable_domain()->set_boundary(static_cast<v1::Boundary>(7));
  EXPECT_EQ(RefusedField(request), "domain.boundary");
  request = good;
  request.set_noise_start(true);
  EXPECT_EQ(RefusedField(request), "noise_start");
  *request.mutable_start() = RowsTensor({1, 2, 3, 4, 5, 6}, 2);
  EXPECT_EQ(RefusedField(request), "noise_start");
  request = good;
  request.set_sampler("mala");
  request.mutable_domain()->set_lower(0.0);
  EXPECT_EQ(RefusedField(request), "domain");
  SetMask({1, 2}, {0, 0}, &request);
  EXPECT_EQ(RefusedField(request), "mask");
  request = good;
  request.mutable_condition()->add_classes(1);
  EXPECT_EQ(RefusedField(request), "condition");
  request = good;
  request.mutable_condition()->mutable_guidance()->add_values(2.0);
  EXPECT_EQ(RefusedField(request), "condition.classes");
}

}  // namespace
}  // namespace scoreserve
