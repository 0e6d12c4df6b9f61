// Versions that come and go under load. swap_long_test.cc has many more.

#include "tests/integration/swap.h"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace scoreserve {
namespace {

TEST(SwapTest, ASwapUnderLoadFailsNoRequestAndRepliesFitTheirVersions) {
  constexpr int kSwaps = 200;
  Swap swap;
  const int64_t answered = swap.AskDuring([&] {
    for (int i = 0; i < kSwaps; ++i) {
      // One of four publishes; the others go back and forth.
      if (i % 4 == 0) swap.Publish();
      swap.SetStable(i % 2 == 0 ? swap.newest() : swap.newest() - 1);
    }
  });
  EXPECT_GT(answered, kSwaps);
}

TEST(SwapTest, ABadVersionUnderLoadChangesNothing) {
  Swap swap;
  const int64_t answered = swap.AskDuring([&] {
    for (int i = 0; i < 20; ++i) {
      swap.Publish();
      const std::string weights =
          absl::StrCat(swap.server().path(), "/swapped/", swap.newest(),
                       "/model.safetensors");
      std::filesystem::resize_file(weights, 0);
      ASSERT_TRUE(swap.server().server().registry().Poll().ok());
    }
  });
  EXPECT_GT(answered, 20);
  const auto entry = swap.server().server().registry().table()->at("swapped");
  EXPECT_EQ(entry.versions.size() + entry.refused.size(), 21u);
  EXPECT_TRUE(entry.refused.contains(21));
}

// True once `holds` is, or false after a minute.
template <typename Condition>
bool Becomes(const Condition& holds) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  while (!holds()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::yield();
  }
  return true;
}

TEST(SwapTest, ARunEndsOnTheVersionThatItBeganWithThoughItIsDeleted) {
  Swap swap;
  swap.Publish();
  ModelRegistry& registry = swap.server().server().registry();
  const std::weak_ptr<const ModelSnapshot> first =
      *registry.Find({.name = "swapped", .version = 1, .alias = {}});
  v1::SampleRequest request = LangevinOf("swapped", 1, /*steps=*/100'000, 1.0);
  request.mutable_model()->set_version(1);
  (*request.mutable_options())["temperature"].set_number(0.0);
  grpc::ClientContext context;
  const auto reader = swap.server().sampling()->Sample(&context, request);
  v1::SampleResponse frame;
  ASSERT_TRUE(reader->Read(&frame));
  EXPECT_EQ(frame.started().version(), 1);

  std::filesystem::remove_all(swap.server().path() + "/swapped/1");
  ASSERT_TRUE(registry.Poll().ok());
  EXPECT_FALSE(
      registry.Find({.name = "swapped", .version = 1, .alias = {}}).ok());
  EXPECT_FALSE(first.expired());

  std::vector<float> sample;
  while (reader->Read(&frame)) {
    if (frame.has_final()) sample = Values(frame.final().x());
  }
  EXPECT_TRUE(reader->Finish().ok());
  EXPECT_EQ(sample, (std::vector<float>{1.0f, 1.0f}));
  EXPECT_TRUE(Becomes([&] { return first.expired(); }));
}

TEST(SwapTest, WhatIsKeptNoMoreIsDeletedWhileTheServerRuns) {
  ServerOptions options;
  options.poll_interval = absl::Milliseconds(5);
  options.version_grace = 0.01;
  Swap swap(options);
  for (int i = 0; i < 2; ++i) swap.Publish();
  swap.SetStable(3);  // While it is one of the newest.
  for (int i = 0; i < 10; ++i) swap.Publish();
  // 1 was made by hand; of the twelve that fine-tuning published, 2 to 13, the
  // newest eight are 6 to 13.
  EXPECT_TRUE(Becomes([&] {
    return *swap.server().repository().Versions("swapped") ==
           std::vector<int64_t>{1, 3, 6, 7, 8, 9, 10, 11, 12, 13};
  }));
  EXPECT_TRUE(Becomes([&] {
    return swap.server()
               .server()
               .registry()
               .table()
               ->at("swapped")
               .versions.size() == 10;
  }));
}

}  // namespace
}  // namespace scoreserve
