#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <string>
#include <utility>
#include <vector>

#include "absl/synchronization/notification.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/integration/client/clients.h"

namespace scoreserve {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::FloatEq;

// What the callback form of a call was told; waits for it.
template <typename Result, typename Start>
absl::StatusOr<Result> Await(Start start) {
  absl::StatusOr<Result> told;
  absl::Notification done;
  start([&](absl::StatusOr<Result> result) {
    told = std::move(result);
    done.Notify();
  });
  done.WaitForNotification();
  return told;
}

class ClientCallsTest : public ::testing::Test {
 protected:
  ModelServer server_;
  std::unique_ptr<Client> client_ =
      NewClient(server_, {.client_name = "tests"});
  const std::vector<float> x_ = {1.0f, -2.0f, 0.5f, 4.0f};
};

TEST_F(ClientCallsTest, ScoresLieInTheCallersSpan) {
  std::vector<float> score(4);
  const auto version = client_->Score({.model = {"plain"}, .x = x_, .rows = 2},
                                      absl::MakeSpan(score));
  ASSERT_TRUE(version.ok()) << version.status();
  EXPECT_EQ(*version, 1);
  EXPECT_THAT(score, ElementsAre(-0.5f, 1.0f, -0.25f, -2.0f));
}

// −log of N(0, 2 I).
double PlainEnergy(float a, float b) {
  return (a * a + b * b) / 4.0 + std::log(4.0 * std::numbers::pi);
}

TEST_F(ClientCallsTest, EnergiesComeWithScoresInBothForms) {
  const auto want = ElementsAre(DoubleNear(PlainEnergy(1, -2), 1e-12),
                                DoubleNear(PlainEnergy(0.5, 4), 1e-12));
  const ScoreQuery query = {.model = {"plain"}, .x = x_, .rows = 2};
  std::vector<float> score(4);
  std::vector<double> energy(2);
  const auto version = client_->ScoreWithEnergy(query, absl::MakeSpan(score),
                                                absl::MakeSpan(energy));
  ASSERT_TRUE(version.ok()) << version.status();
  EXPECT_THAT(score, ElementsAre(-0.5f, 1.0f, -0.25f, -2.0f));
  EXPECT_THAT(energy, want);

  std::vector<double> again;
  absl::Notification done;
  client_->ScoreAsync({.model = {"plain"}, .x = x_, .rows = 2, .energy = true},
                      [&](const absl::StatusOr<ScoreView>& view) {
                        if (view.ok())
                          again.assign(view->energy.begin(),
                                       view->energy.end());
                        done.Notify();
                      });
  done.WaitForNotification();
  EXPECT_THAT(again, want);
}

TEST_F(ClientCallsTest, EnergiesThatCannotBeAreRefused) {
  const std::vector<float> x(8);
  std::vector<float> score(8);
  std::vector<double> energy(2, 7.0);
  const auto span = absl::MakeSpan(energy);
  const absl::Status none =
      client_
          ->ScoreWithEnergy({.model = {"small_mlp"}, .x = x},
                            absl::MakeSpan(score), span.first(1))
          .status();
  EXPECT_EQ(none.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(DetailsOf(none).reason, "UNSUITABLE_MODEL");
  EXPECT_EQ(DetailsOf(none).field, "energy");
  const absl::Status room =
      client_
          ->ScoreWithEnergy({.model = {"plain"}, .x = x, .rows = 4},
                            absl::MakeSpan(score), span)
          .status();
  EXPECT_EQ(room.message(),
            "energy must be one number for each of 4 rows; was 2 numbers");
  const absl::Status lost =
      client_
          ->Score({.model = {"plain"}, .x = x, .rows = 4, .energy = true},
                  absl::MakeSpan(score))
          .status();
  EXPECT_EQ(DetailsOf(lost).field, "energy");
  EXPECT_THAT(energy, ElementsAre(7.0, 7.0));
}

TEST_F(ClientCallsTest, EachRowCanHaveANoiseLevelOfItsOwn) {
  const std::vector<double> levels = {0.0, 1.0};
  std::vector<float> score(4);
  ASSERT_TRUE(client_
                  ->Score({.model = {"labelled"},
                           .x = x_,
                           .rows = 2,
                           .noise_level = levels},
                          absl::MakeSpan(score))
                  .ok());
  EXPECT_THAT(score, ElementsAre(FloatEq(-1.0f), FloatEq(2.0f), FloatEq(-0.25f),
                                 FloatEq(-2.0f)));
}

TEST_F(ClientCallsTest, TheCallbackFormGivesTheSame) {
  std::vector<float> score;
  absl::Notification done;
  {
    const std::vector<float> gone_after_the_call = x_;
    client_->ScoreAsync(
        {.model = {"plain"}, .x = gone_after_the_call, .rows = 2},
        [&](const absl::StatusOr<ScoreView>& view) {
          if (view.ok()) score.assign(view->score.begin(), view->score.end());
          done.Notify();
        });
  }
  done.WaitForNotification();
  EXPECT_THAT(score, ElementsAre(-0.5f, 1.0f, -0.25f, -2.0f));
}

TEST_F(ClientCallsTest, ModelsAreDescribedInBothForms) {
  const auto models = client_->ListModels();
  ASSERT_TRUE(models.ok()) << models.status();
  ASSERT_EQ(models->size(), 4u);
  EXPECT_THAT((*models)[0].data.shape, ElementsAre(3, 3));
  EXPECT_EQ((*models)[1].name, "labelled");
  EXPECT_EQ((*models)[1].label, LabelType::kNoiseLevel);
  EXPECT_EQ((*models)[1].label_max, 100.0);
  EXPECT_EQ((*models)[2].dim(), 2);
  EXPECT_THAT((*models)[2].versions, ElementsAre(1));
  const auto again = Await<std::vector<ModelInfo>>(
      [&](auto done) { client_->ListModelsAsync(done); });
  EXPECT_EQ(again->size(), 4u);
  const auto one = Await<ModelInfo>(
      [&](auto done) { client_->GetModelAsync({"plain"}, done); });
  EXPECT_EQ(one->name, "plain");
}

TEST_F(ClientCallsTest, RefusalsCarryTheServersMessageAndDetails) {
  const auto model = client_->GetModel({"nobody"});
  EXPECT_EQ(model.status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(DetailsOf(model.status()).reason, "MODEL_NOT_FOUND");
  EXPECT_EQ(
      DetailsOf(client_->GetModel({.name = "plain", .version = 7}).status())
          .reason,
      "VERSION_NOT_FOUND");
  std::vector<float> score(4);
  const auto wide = client_->Score({.model = {"plain"}, .x = x_, .rows = 1},
                                   absl::MakeSpan(score));
  EXPECT_EQ(wide.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(DetailsOf(wide.status()).field, "x.shape");
  EXPECT_THAT(score, ElementsAre(0, 0, 0, 0));
}

TEST_F(ClientCallsTest, WhatNoMessageCanHoldIsRefusedBeforeItIsSent) {
  const auto small =
      NewClient(server_, {.max_message_bytes = 1024, .max_attempts = 1});
  std::vector<float> x(512), score(512);
  const auto version = small->Score({.model = {"plain"}, .x = x, .rows = 256},
                                    absl::MakeSpan(score));
  EXPECT_EQ(version.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(DetailsOf(version.status()).field, "x");
}

TEST_F(ClientCallsTest, SamplesArriveWholeAfterTheirFrames) {
  std::vector<int64_t> states;
  uint64_t seed = 0;
  SampleQuery query = Langevin(3, 100);
  query.seed = 5;
  query.states_every = 50;
  const auto samples = client_->Sample(
      query,
      {.on_start = [&](const SampleStart& start) { seed = start.seed; },
       .on_state = [&](const SampleState& s) { states.push_back(s.step); }});
  ASSERT_TRUE(samples.ok()) << samples.status();
  EXPECT_EQ(samples->rows, 3);
  EXPECT_EQ(samples->x.size(), 6u);
  EXPECT_EQ(samples->start.num_steps, 100);
  EXPECT_EQ(seed, 5u);
  EXPECT_FALSE(states.empty());
  const auto again =
      Await<Samples>([&](auto done) { client_->SampleAsync(query, {}, done); });
  EXPECT_EQ(again->x, samples->x);
}

TEST_F(ClientCallsTest, SamplesLargerThanAFrameAreAssembled) {
  const auto samples = client_->Sample(Langevin(1 << 20, 1));
  ASSERT_TRUE(samples.ok()) << samples.status();
  EXPECT_EQ(samples->x.size(), size_t{2} << 20);
}

TEST_F(ClientCallsTest, DivergenceNamesItsStep) {
  SampleQuery query = Langevin(2, 1000);
  query.options["step_size"] = 1e6;
  const absl::Status status = client_->Sample(query).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(DetailsOf(status).reason, "NUMERIC_DIVERGENCE");
  EXPECT_GT(DetailsOf(status).step, 0);
}

TEST_F(ClientCallsTest, SamplersComeWithTheirOptionTables) {
  const auto samplers = client_->ListSamplers();
  ASSERT_TRUE(samplers.ok()) << samplers.status();
  const auto found = std::find_if(
      samplers->begin(), samplers->end(),
      [](const SamplerInfo& sampler) { return sampler.name == "langevin"; });
  ASSERT_NE(found, samplers->end());
  const SamplerInfo& langevin = *found;
  EXPECT_EQ(langevin.options[0].name, "step_size");
  EXPECT_EQ(langevin.options[0].type, "number");
  EXPECT_FALSE(langevin.options[0].default_value.has_value());
  EXPECT_EQ(langevin.options[1].default_value, OptionValue(int64_t{1000}));
  const auto again = Await<std::vector<SamplerInfo>>(
      [&](auto done) { client_->ListSamplersAsync(done); });
  EXPECT_EQ(again->size(), samplers->size());
}

TEST_F(ClientCallsTest, AServingServerSaysSo) {
  EXPECT_EQ(client_->Serving(), absl::StatusOr<bool>(true));
}

TEST_F(ClientCallsTest, AClientMayGoBeforeItsCallbacksCome) {
  const auto samples = Await<Samples>([&](auto done) {
    client_->SampleAsync(Langevin(4, 2000), {}, done);
    client_.reset();
  });
  EXPECT_TRUE(samples.ok()) << samples.status();
}

}  // namespace
}  // namespace scoreserve
