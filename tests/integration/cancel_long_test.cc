// Streams of samples that are cancelled at random moments.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "tests/integration/load.h"
#include "tests/support/memory_use.h"

namespace scoreserve {
namespace {

constexpr int kRounds = 10, kStreams = 100, kThreads = 4;

// One stream that tells all that there is, cancelled after so many frames; it
// has 200 steps, so that some end first. No frame comes after its last.
void Cancel(v1::Sampling::Stub& stub, int frames) {
  v1::SampleRequest request = LangevinOf("gauss", 4, 200);
  request.set_progress_every(1);
  request.set_states_every(1);
  request.mutable_state_interval()->set_nanos(1'000'000);
  grpc::ClientContext context;
  const auto reader = stub.Sample(&context, request);
  v1::SampleResponse frame;
  bool last = false;
  for (int read = 0; read < frames && reader->Read(&frame); ++read) {
    EXPECT_FALSE(last);
    last = frame.has_final() && frame.final().last();
  }
  context.TryCancel();
  while (reader->Read(&frame)) {
    EXPECT_FALSE(last);
    last = frame.has_final() && frame.final().last();
  }
  const grpc::Status status = reader->Finish();
  EXPECT_TRUE(status.ok() || status.error_code() == grpc::StatusCode::CANCELLED)
      << status.error_message();
}

TEST(CancelLongTest, AThousandCancelsFreeEverySlotAndLeaveNothingBehind) {
  const char* tunables = std::getenv("GLIBC_TUNABLES");
  ASSERT_EQ(std::string(tunables == nullptr ? "" : tunables),
            "glibc.malloc.tcache_count=0")
      << "this test needs GLIBC_TUNABLES set so; ctest does it";
  Load load;
  std::vector<int64_t> allocated;
  for (int round = 0; round < kRounds; ++round) {
    std::vector<std::thread> callers;
    for (int caller = 0; caller < kThreads; ++caller) {
      callers.emplace_back([&, seed = round * kThreads + caller] {
        std::mt19937_64 random(seed);
        const auto stub = load.sampling();
        for (int i = 0; i < kStreams / kThreads; ++i) {
          Cancel(*stub, std::uniform_int_distribution<int>(0, 300)(random));
        }
      });
    }
    for (std::thread& caller : callers) caller.join();
    ASSERT_TRUE(load.ComesToRest());
    // What gRPC still cleans up only adds: the least of many readings is what
    // stays.
    int64_t least = MemoryUseNow().allocated;
    for (int reading = 0; reading < 20; ++reading) {
      load.AskOneByOne(10);
      least = std::min(least, MemoryUseNow().allocated);
    }
    allocated.push_back(least);
  }
  EXPECT_LT(std::abs(allocated.back() - allocated[1]), 64 * kKiB);
}

}  // namespace
}  // namespace scoreserve
