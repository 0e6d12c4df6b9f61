#include "models/training/example_buffer.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <vector>

#include "ATen/ops/arange.h"
#include "ATen/ops/stack.h"
#include "c10/core/InferenceMode.h"
#include "gtest/gtest.h"
#include "models/networks/score_network.h"
#include "models/samplers/normal_tensor.h"
#include "models/status.h"
#include "models/training/stream_law.h"
#include "models/training/trainer.h"
#include "tests/support/one_thread.h"

namespace scoreserve {
namespace {

constexpr uint64_t kSeed = 5;
constexpr BufferPolicy kPolicies[] = {BufferPolicy::kWindow,
                                      BufferPolicy::kReservoir};

// The rows of the stream at those offsets: (offset, −offset) of class offset
// mod 3.
ConditionedRows Stream(int64_t first, int64_t count) {
  const at::Tensor offset = at::arange(first, first + count, at::kLong);
  const at::Tensor x = offset.to(at::kFloat);
  return {.x = at::stack({x, x.neg()}, 1), .condition = offset.remainder(3)};
}

ExampleBuffer New(const ExampleBufferOptions& options) {
  return ExampleBuffer(options, kSeed, 2, /*conditioned=*/true);
}

// The offsets of rows, which say what they are.
std::vector<int64_t> Offsets(const ConditionedRows& rows) {
  std::vector<int64_t> offsets;
  for (int64_t i = 0; i < rows.size(); ++i) {
    offsets.push_back(rows.x[i][0].item<int64_t>());
    EXPECT_EQ(rows.x[i][1].item<int64_t>(), -offsets.back());
    EXPECT_EQ(rows.condition[i].item<int64_t>(), offsets.back() % 3);
  }
  return offsets;
}

void ExpectTheSame(const ExampleBuffer& a, const ExampleBuffer& b) {
  EXPECT_EQ(a.offsets(), b.offsets());
  EXPECT_EQ(a.training_rows(), b.training_rows());
  EXPECT_EQ(a.missing(), b.missing());
  EXPECT_TRUE(a.training().x.equal(b.training().x));
  EXPECT_TRUE(a.training().condition.equal(b.training().condition));
  const HoldOut one = a.Newest(4096), two = b.Newest(4096);
  EXPECT_EQ(one.first_ordinal, two.first_ordinal);
  EXPECT_TRUE(one.rows.x.equal(two.rows.x));
  EXPECT_TRUE(one.rows.condition.equal(two.rows.condition));
}

TEST(ExampleBufferTest, AWindowHoldsTheNewestRowsThatAreNotHeldOut) {
  ExampleBuffer buffer = New({.capacity = 100, .hold_out_share = 0.25});
  buffer.Add(Stream(0, 1000));
  std::vector<int64_t> newest;
  for (int64_t o = 999; newest.size() < 100; --o) {
    if (!IsHeldOut(kSeed, o, 0.25)) newest.insert(newest.begin(), o);
  }
  std::vector<int64_t> held = Offsets(buffer.training());
  std::sort(held.begin(), held.end());
  EXPECT_EQ(held, newest);
  EXPECT_EQ(buffer.visible(), 100);
  EXPECT_EQ(buffer.training_rows() + buffer.hold_out_rows(), 1000);
}

TEST(ExampleBufferTest, AReservoirHoldsEachRowWithTheSameProbability) {
  // 40 seeds × 50 of 500 rows: a tenth of the rows has Binomial(2000, 1⁄10) of
  // them, of standard deviation 13.4 (less, as it is without replacement).
  std::vector<int64_t> held(10, 0);
  for (uint64_t seed = 0; seed < 40; ++seed) {
    ExampleBuffer buffer({.policy = BufferPolicy::kReservoir,
                          .capacity = 50,
                          .hold_out_share = 0.0},
                         seed, 2, true);
    buffer.Add(Stream(0, 500));
    std::vector<int64_t> offsets = Offsets(buffer.training());
    for (const int64_t offset : offsets) ++held[offset / 50];
    std::sort(offsets.begin(), offsets.end());
    EXPECT_EQ(std::unique(offsets.begin(), offsets.end()), offsets.end());
  }
  for (const int64_t count : held) EXPECT_NEAR(count, 200, 4 * 13.4);
}

TEST(ExampleBufferTest, HoldsOutItsShareByOffsetAndNeverTrainsOnIt) {
  for (const BufferPolicy policy : kPolicies) {
    ExampleBuffer buffer =
        New({.policy = policy, .capacity = 10'000, .hold_out_share = 0.4});
    buffer.Add(Stream(0, 5000));
    // Binomial(5000, 0.4): standard deviation 34.6.
    EXPECT_NEAR(buffer.hold_out_rows(), 2000, 4 * 34.6);
    for (const int64_t offset : Offsets(buffer.training())) {
      EXPECT_FALSE(IsHeldOut(kSeed, offset, 0.4));
    }
    const HoldOut newest = buffer.Newest(5000);
    for (const int64_t offset : Offsets(newest.rows)) {
      EXPECT_TRUE(IsHeldOut(kSeed, offset, 0.4));
    }
    EXPECT_EQ(buffer.visible() + newest.rows.size(), 5000);
  }
  // A share of another seed is of other rows.
  int64_t common = 0;
  for (int64_t o = 0; o < 5000; ++o) {
    common += IsHeldOut(1, o, 0.4) && IsHeldOut(2, o, 0.4) ? 1 : 0;
  }
  EXPECT_NEAR(common, 800, 4 * 25.9);
}

TEST(ExampleBufferTest, NewestAreConsecutiveAndEndWithTheLastHeldOut) {
  ExampleBuffer buffer = New({.capacity = 10, .hold_out_share = 0.5});
  EXPECT_EQ(buffer.Newest(10).rows.size(), 0);
  buffer.Add(Stream(0, 9000));
  std::vector<int64_t> held_out;
  for (int64_t o = 0; o < 9000; ++o) {
    if (IsHeldOut(kSeed, o, 0.5)) held_out.push_back(o);
  }
  const int64_t end = buffer.hold_out_rows();
  ASSERT_EQ(end, static_cast<int64_t>(held_out.size()));
  const struct {
    int64_t most, from, first;
  } cases[] = {{100, 0, end - 100},           // Fewer than are kept.
               {9000, 0, end - 2048},         // All that are kept.
               {2048, end - 700, end - 700},  // Those since a moment.
               {100, end - 700, end - 100},  {100, end, end},
               {100, end + 50, end}};
  for (const auto& [most, from, first] : cases) {
    const HoldOut newest = buffer.Newest(most, from);
    EXPECT_EQ(newest.first_ordinal, first);
    EXPECT_EQ(newest.end_ordinal(), end);
    EXPECT_EQ(Offsets(newest.rows),
              std::vector<int64_t>(held_out.begin() + first, held_out.end()));
  }
}

TEST(ExampleBufferTest, HowRowsAreCutIntoCallsDoesNotMatter) {
  for (const BufferPolicy policy : kPolicies) {
    const ExampleBufferOptions options = {
        .policy = policy, .capacity = 300, .hold_out_share = 0.3};
    ExampleBuffer whole = New(options), cut = New(options);
    whole.Add(Stream(0, 2000));
    for (int64_t o = 0, n = 1; o < 2000; o += n, n = n * 7 % 97) {
      cut.Add(Stream(o, std::min(n, 2000 - o)));
      if (o + n >= 2000) break;
    }
    ExpectTheSame(whole, cut);
  }
}

TEST(ExampleBufferTest, RestoredFromWhatItNeedsItIsBitForBitTheSame) {
  // Chunks of 37 rows, of which those are deleted that nothing needs.
  constexpr int64_t kChunk = 37;
  for (const BufferPolicy policy : kPolicies) {
    const ExampleBufferOptions options = {
        .policy = policy, .capacity = 20, .hold_out_share = 0.6};
    ExampleBuffer whole = New(options);
    for (int64_t o = 0; o < 200 * kChunk; o += kChunk) {
      whole.Add(Stream(o, kChunk));
    }
    ExampleBuffer restored = New(options);
    int64_t deleted = 0;
    for (int64_t o = 0; o < 200 * kChunk; o += kChunk) {
      if (whole.Needs(o, kChunk)) {
        restored.Add(Stream(o, kChunk));
      } else {
        restored.SkipRows(kChunk);
        ++deleted;
      }
    }
    EXPECT_EQ(restored.missing(), 0);
    EXPECT_GT(deleted, 60);
    ExpectTheSame(whole, restored);
    // And goes on so.
    whole.Add(Stream(200 * kChunk, 500));
    restored.Add(Stream(200 * kChunk, 500));
    ExpectTheSame(whole, restored);
  }
}

TEST(ExampleBufferTest, NeedsARangeIffItHoldsARowOfIt) {
  for (const BufferPolicy policy : kPolicies) {
    ExampleBuffer buffer =
        New({.policy = policy, .capacity = 15, .hold_out_share = 0.0});
    buffer.Add(Stream(0, 400));
    std::vector<bool> held(400, false);
    for (const int64_t o : Offsets(buffer.training())) held[o] = true;
    for (int64_t first = 0; first < 400; ++first) {
      bool any = false;
      for (int64_t count = 0; first + count <= 400; ++count) {
        ASSERT_EQ(buffer.Needs(first, count), any) << first << " " << count;
        if (first + count < 400) any = any || held[first + count];
      }
    }
    EXPECT_FALSE(buffer.Needs(400, 1000));
  }
}

TEST(ExampleBufferTest, RowsThatMatterAndWereSkippedAreMissing) {
  ExampleBuffer buffer = New({.capacity = 50, .hold_out_share = 0.0});
  buffer.SkipRows(30);
  EXPECT_EQ(buffer.missing(), 30);
  EXPECT_EQ(buffer.visible(), 30);
  buffer.Add(Stream(30, 50));
  EXPECT_EQ(buffer.missing(), 0);
}

TEST(ExampleBufferTest, MemoryGrowsWithTheRowsAndEndsAtTheCapacity) {
  // As much as no machine has.
  ExampleBuffer buffer({.capacity = int64_t{1} << 50, .hold_out_share = 0.0},
                       kSeed, 2, false);
  const auto room = [&buffer] {
    return static_cast<int64_t>(buffer.training().x.storage().nbytes() / 8);
  };
  int64_t offset = 0;
  for (const int64_t count : {10, 90, 1000, 5000}) {
    buffer.Add({.x = Stream(offset, count).x});
    offset += count;
    EXPECT_LE(room(), std::max<int64_t>(64, 2 * offset));
  }
  ExampleBuffer small({.capacity = 70, .hold_out_share = 0.0}, kSeed, 2, false);
  small.Add({.x = Stream(0, 1000).x});
  EXPECT_EQ(small.training().x.storage().nbytes() / 8, 70u);
}

TEST(ExampleBufferTest, RowsWithoutAConditionHaveNone) {
  ExampleBuffer buffer = New({.capacity = 10, .hold_out_share = 0.0});
  buffer.Add({.x = Stream(0, 3).x});
  EXPECT_TRUE(buffer.training().condition.eq(kNoCondition).all().item<bool>());
}

TEST(ExampleBufferTest, TrainingOnAllRowsIsTrainingOnTheFile) {
  for (const BufferPolicy policy : kPolicies) {
    ModelConfig config;
    config.network = "mlp";
    config.network_options = {{"width", int64_t{8}}};
    config.data.shape = {2};
    const auto trainer = [&config] {
      return *Trainer::New(config, *NewObjective("sliced", {}, config),
                           {.batch = 16}, kSeed);
    };
    const ConditionedRows file = {
        .x = NormalTensor({.seed = 9}, Purpose::kUser, 100, 2)};
    const auto offline = trainer(), online = trainer();
    {
      // As the device's loop has it.
      const c10::InferenceMode inference;
      ExampleBuffer buffer(
          {.policy = policy, .capacity = 100, .hold_out_share = 0.0}, kSeed, 2,
          false);
      buffer.Add(file.Range(0, 30));
      buffer.Add(file.Range(30, 70));
      for (int k = 0; k < 20; ++k) {
        ASSERT_TRUE(online->Step(buffer.training()).ok());
      }
    }
    for (int k = 0; k < 20; ++k) ASSERT_TRUE(offline->Step(file).ok());
    EXPECT_EQ(SerializeSafetensors(StateToArrays(online->State())),
              SerializeSafetensors(StateToArrays(offline->State())));
  }
}

TEST(ExampleBufferTest, RefusesWhatNoBufferCanBe) {
  EXPECT_TRUE(CheckBufferOptions({}).ok());
  EXPECT_TRUE(CheckBufferOptions({.capacity = 1, .hold_out_share = 0.9}).ok());
  EXPECT_EQ(CheckBufferOptions({.capacity = 0}).message(),
            "capacity must be at least 1; was 0");
  EXPECT_EQ(CheckBufferOptions({.hold_out_share = 0.95}).message(),
            "hold_out_share must be at least 0 and at most 0.9; was 0.95");
  EXPECT_EQ(FieldOf(CheckBufferOptions({.hold_out_share = std::nan("")})),
            "hold_out_share");
}

}  // namespace
}  // namespace scoreserve
