// What readers of a Sample stream can do to it: ask for less, read slowly, go
// away.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/memory_use.h"
#include "tests/support/tcp_proxy.h"
#include "tests/support/test_server.h"

namespace scoreserve {
namespace {

using ::testing::ElementsAre;

ServerOptions WatchfulServer() {
  ServerOptions options;
  options.keepalive = absl::Milliseconds(200);
  return options;
}

class SampleStreamTest : public testing::Test {
 protected:
  SampleStreamTest()
      : server_({{"gauss", GaussianFiles(2, 1.0f)},
                 {"wide", GaussianFiles(1024, 1.0f)}},
                WatchfulServer()) {}

  Engine& engine() { return server_.server().engine(); }

  // Waits until `holds`, up to a minute.
  static bool Comes(const std::function<bool()>& holds) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    while (!holds()) {
      if (std::chrono::steady_clock::now() > end) return false;
      std::this_thread::yield();
    }
    return true;
  }
  bool NothingRuns() {
    return engine().metrics().live_trajectories == 0 &&
           engine().ledger().outstanding(WorkClass::kSampling) == 0;
  }

  std::string RefusedField(const v1::SampleRequest& request) {
    grpc::ClientContext context;
    const auto reader = server_.sampling()->Sample(&context, request);
    v1::SampleResponse frame;
    EXPECT_FALSE(reader->Read(&frame));
    const grpc::Status status = reader->Finish();
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
    return DetailsOf(status).field;
  }

  TestServer server_;
};

TEST_F(SampleStreamTest, ProgressComesEverySoManySteps) {
  v1::SampleRequest request = LangevinOf("gauss", 4, 100);
  request.set_progress_every(25);
  request.mutable_progress_interval()->set_seconds(3600);
  grpc::ClientContext context;
  const auto reader = server_.sampling()->Sample(&context, request);
  v1::SampleResponse frame;
  std::vector<int64_t> steps;
  while (reader->Read(&frame)) {
    if (frame.has_progress()) steps.push_back(frame.progress().step());
  }
  ASSERT_TRUE(reader->Finish().ok());
  // A newer one replaces one that is not written yet, so some may be missing.
  ASSERT_FALSE(steps.empty());
  EXPECT_EQ(steps.back(), 100);
  for (const int64_t step : steps) EXPECT_EQ(step % 25, 0);
}

TEST_F(SampleStreamTest, StatesAreThinnedToTheFirstRows) {
  v1::SampleRequest request = LangevinOf("gauss", 700, 2);
  request.set_states_every(1);
  request.set_states_rows(300);  // A block of 256 rows, and 44 of the next.
  grpc::ClientContext context;
  const auto reader = server_.sampling()->Sample(&context, request);
  v1::SampleResponse frame;
  int64_t rows[3] = {};
  while (reader->Read(&frame)) {
    if (!frame.has_states()) continue;
    rows[frame.states().step()] += frame.states().x().shape(0);
  }
  EXPECT_THAT(rows, ElementsAre(0, 300, 300));
}

TEST_F(SampleStreamTest, StatesComeAboutAsOftenAsTheyAreWantedInAll) {
  const auto steps = [&](int64_t num_steps, int64_t count) {
    v1::SampleRequest request = LangevinOf("gauss", 1, num_steps);
    request.set_states_count(count);
    grpc::ClientContext context;
    const auto reader = server_.sampling()->Sample(&context, request);
    v1::SampleResponse frame;
    std::vector<int64_t> steps;
    while (reader->Read(&frame)) {
      if (frame.has_states()) steps.push_back(frame.states().step());
    }
    EXPECT_TRUE(reader->Finish().ok());
    return steps;
  };
  EXPECT_THAT(steps(100, 4), ElementsAre(25, 50, 75, 100));
  EXPECT_THAT(steps(14, 4), ElementsAre(4, 8, 12));  // 14 / 4 is 3.5.
  EXPECT_THAT(steps(3, 40), ElementsAre(1, 2, 3));
  EXPECT_THAT(steps(3, 0), ElementsAre());
}

TEST_F(SampleStreamTest, RefusesFramesThatCannotBe) {
  v1::SampleRequest request = LangevinOf("gauss", 1, 10);
  request.set_states_count(-1);
  EXPECT_EQ(RefusedField(request), "states_count");
  request.set_states_count(5);
  request.set_states_every(2);
  EXPECT_EQ(RefusedField(request), "states_count");
  request = LangevinOf("gauss", 1, 10);
  request.set_states_rows(-1);
  EXPECT_EQ(RefusedField(request), "states_rows");
  request = LangevinOf("gauss", 1, 10);
  request.set_progress_every(-5);
  EXPECT_EQ(RefusedField(request), "progress_every");
  for (const auto& [seconds, nanos] : std::vector<std::pair<int64_t, int32_t>>{
           {0, 0}, {0, 999'999}, {-1, 0}, {0, -1}, {1, 1'000'000'000}}) {
    request = LangevinOf("gauss", 1, 10);
    request.mutable_progress_interval()->set_seconds(seconds);
    request.mutable_progress_interval()->set_nanos(nanos);
    EXPECT_EQ(RefusedField(request), "progress_interval");
  }
}

// Half a gibibyte of states for somebody who does not read.
TEST_F(SampleStreamTest, AReaderThatStopsCostsBoundedMemoryAndDelaysNobody) {
  constexpr int64_t kRows = 64, kSteps = 2000;
  v1::SampleRequest request = LangevinOf("wide", kRows, kSteps);
  request.set_states_every(1);
  const int64_t before = MemoryUseNow().resident;
  grpc::ClientContext context;
  const auto reader = server_.sampling()->Sample(&context, request);
  v1::SampleResponse frame;
  ASSERT_TRUE(reader->Read(&frame));

  grpc::ClientContext other_context;
  const auto other = server_.sampling()->Sample(
      &other_context, LangevinOf("gauss", kRows, kSteps));
  while (other->Read(&frame)) {
  }
  EXPECT_TRUE(other->Finish().ok());
  ASSERT_TRUE(Comes([&] { return NothingRuns(); }));
  EXPECT_LT(MemoryUseNow().resident - before, 64 * kMiB);

  int64_t states = 0, rows = 0;
  bool last = false;
  while (reader->Read(&frame)) {
    EXPECT_FALSE(last);
    states += frame.has_states();
    if (frame.has_final()) rows += frame.final().x().shape(0);
    last = frame.has_final() && frame.final().last();
  }
  EXPECT_TRUE(reader->Finish().ok());
  EXPECT_TRUE(last);
  EXPECT_EQ(rows, kRows);
  EXPECT_LT(states, kSteps / 4);
}

TEST_F(SampleStreamTest, AConnectionThatIsCutFreesItsSlot) {
  TcpProxy proxy(server_.server().port());
  const auto stub = v1::Sampling::NewStub(
      grpc::CreateChannel(proxy.address(), grpc::InsecureChannelCredentials()));
  grpc::ClientContext context;
  const auto reader =
      stub->Sample(&context, LangevinOf("gauss", 4, 20'000'000));
  v1::SampleResponse frame;
  ASSERT_TRUE(reader->Read(&frame));
  proxy.Cut();
  EXPECT_TRUE(Comes([&] { return NothingRuns(); }));
  while (reader->Read(&frame)) {
  }
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
}

// No FIN and no RST: only that nothing comes back tells.
TEST_F(SampleStreamTest, AClientThatVanishedWithoutAWordFreesItsSlot) {
  TcpProxy proxy(server_.server().port());
  const auto stub = v1::Sampling::NewStub(
      grpc::CreateChannel(proxy.address(), grpc::InsecureChannelCredentials()));
  grpc::ClientContext context;
  const auto reader =
      stub->Sample(&context, LangevinOf("gauss", 4, 20'000'000));
  v1::SampleResponse frame;
  ASSERT_TRUE(reader->Read(&frame));
  proxy.Freeze();
  EXPECT_TRUE(Comes([&] { return NothingRuns(); }));
  context.TryCancel();
  while (reader->Read(&frame)) {
  }
}

}  // namespace
}  // namespace scoreserve
