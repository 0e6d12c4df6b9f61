// The parts of fine-tuning together, without a server: a stream whose law
// changes, the buffer, the trainer in pieces, the gate and the watch.

#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "models/training/example_buffer.h"
#include "models/training/gate.h"
#include "models/training/row_losses.h"
#include "tests/models/training/score_matching_testing.h"
#include "tests/support/one_thread.h"

namespace scoreserve {
namespace {

// ½ N(−1.5, ¼) + ½ N(1.5, ¼) is what the model knows. The stream is the same
// with its modes moved to ±2.5, or not.
enum class Law { kOld, kNew };

class OnlineLongTest : public ::testing::Test {
 protected:
  static constexpr int64_t kRowsAStep = 64;

  OnlineLongTest() {
    config_.network = "mlp";
    config_.network_options = {{"width", int64_t{64}},
                               {"activation", std::string("softplus")}};
    config_.data.shape = {1};
    objective_ = *NewObjective("sliced", {}, config_);
    auto base = New({.batch = 256, .steps = 3000, .ema = 0.99}, nullptr);
    TrainFor(*base, 3000, TwoModes::Rows(100'000, 11));
    versions_.push_back(base->EmaWeights());
    job_ = New({.batch = 256, .micro_batch = 64, .steps = 0, .ema = 0.99},
               &versions_[0]);
  }

  std::unique_ptr<Trainer> New(const TrainerOptions& options,
                               const NamedArrays* start) const {
    return *Trainer::New(config_, *NewObjective("sliced", {}, config_), options,
                         /*seed=*/3, start);
  }

  // Steps, each with rows that arrive before it.
  void Run(int64_t steps, Law law) {
    for (int64_t k = 0; k < steps; ++k) {
      const at::Tensor rows =
          TwoModes::Rows(kRowsAStep, 1000 + buffer_.offsets());
      if (law == Law::kNew) rows.add_(rows.sign());
      buffer_.Add({.x = rows});
      std::optional<double> loss;
      while (!loss.has_value()) loss = *job_->Advance(buffer_.training());
    }
  }

  std::vector<double> Losses(const NamedArrays& version,
                             const HoldOut& rows) const {
    Workspace workspace;
    return RowLosses(*objective_, RowNoise(), /*seed=*/4)
        .Of(**LoadNetwork(config_, version), rows.rows, rows.first_ordinal,
            workspace);
  }

  // The gate's check: publishes the averaged weights if they are better.
  bool Check() {
    const HoldOut rows = buffer_.Newest(kGateRows);
    if (!watch_.MayPublish() || !Compare(Losses(versions_.back(), rows),
                                         Losses(job_->EmaWeights(), rows))
                                     .Exceeds()) {
      return false;
    }
    versions_.push_back(job_->EmaWeights());
    watch_ = {.next_ordinal = buffer_.hold_out_rows()};
    return true;
  }

  // The watch's check of the newest version against the one before.
  Verdict Live() {
    const int64_t end = buffer_.hold_out_rows();
    if (versions_.size() < 2 || !watch_.Due(end)) return Verdict::kKeep;
    const HoldOut rows = buffer_.Newest(kGateRows, watch_.next_ordinal);
    return watch_.Judge(Compare(Losses(versions_.back(), rows),
                                Losses(versions_[versions_.size() - 2], rows)),
                        end);
  }

  ModelConfig config_;
  std::unique_ptr<Objective> objective_;
  std::vector<NamedArrays> versions_;  // The last is in service.
  std::unique_ptr<Trainer> job_;
  ExampleBuffer buffer_{
      {.capacity = 8192, .hold_out_share = 0.25}, /*seed=*/3, 1, false};
  VersionWatch watch_;
};

TEST_F(OnlineLongTest, TheVersionInServiceFollowsALawThatMoved) {
  // E|ŝ − s|² under the new law, by quadrature.
  const auto error = [this] {
    const auto network = *LoadNetwork(config_, versions_.back());
    return TwoModes::SquaredError(*network, 2.5);
  };
  const double start = error();
  int published = 0;
  for (int interval = 0; interval < 6; ++interval) {
    Run(100, Law::kNew);
    EXPECT_EQ(Live(), Verdict::kKeep);
    published += Check() ? 1 : 0;
    std::printf("after %d steps: 1/%.0f of the error, %d published\n",
                100 * (interval + 1), start / error(), published);
  }
  EXPECT_LE(error(), start / 50);
}

TEST_F(OnlineLongTest, AVersionOfALawThatIsGoneIsRolledBack) {
  Run(200, Law::kNew);
  ASSERT_TRUE(Check());
  // Intervals that bring 1,024 held-out rows or more, of the old law again.
  int intervals = 0;
  Verdict verdict = Verdict::kKeep;
  while (verdict != Verdict::kRollBack && intervals < 10) {
    Run(70, Law::kOld);
    verdict = Live();
    EXPECT_FALSE(verdict == Verdict::kSuspect && Check());
    ++intervals;
  }
  EXPECT_EQ(verdict, Verdict::kRollBack);
  EXPECT_LE(intervals, 3);
}

TEST_F(OnlineLongTest, UnderTheLawThatItKnowsNothingGetsWorse) {
  const auto network = *LoadNetwork(config_, versions_[0]);
  const double start = TwoModes::LossOf(*network);
  int published = 0;
  for (int interval = 0; interval < 10; ++interval) {
    Run(50, Law::kOld);
    EXPECT_NE(Live(), Verdict::kRollBack);
    published += Check() ? 1 : 0;
  }
  const double end = TwoModes::LossOf(**LoadNetwork(config_, versions_.back()));
  std::printf("%d published; loss %.4f, then %.4f\n", published, start, end);
  if (published == 0) {
    EXPECT_EQ(end, start);
  } else {
    EXPECT_LT(end, start);
  }
}

}  // namespace
}  // namespace scoreserve
