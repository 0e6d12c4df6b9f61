#include "tests/integration/fine_tune/fine_tune_history.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "models/io/model_repository.h"
#include "tests/fault/power_cut.h"
#include "tests/support/child_program.h"
#include "tests/support/two_mode_rows.h"

namespace scoreserve {
namespace {

namespace fs = std::filesystem;
using SteadyTime = std::chrono::steady_clock::time_point;

constexpr int64_t kRowsOfAMessage = 64;

v1::FineTuneSpec JobSpec() {
  v1::FineTuneSpec spec = BusySpec();
  // So small that what is no longer needed is erased all the time.
  spec.mutable_quota()->set_max_bytes(64 * 1024);
  return spec;
}

}  // namespace

FineTuneHistory::FineTuneHistory(bool power_cut)
    : power_cut_(power_cut),
      folder_(MemoryFolder()),
      root_(folder_ / "life-0") {
  fs::create_directory(root_);
  const auto written =
      ModelRepository(root_ + "/models").Write("modes", TwoModesFiles());
  EXPECT_TRUE(written.ok()) << written.status();
}

FineTuneServer::Options FineTuneHistory::NextServer() {
  ++lives_;
  shadow_ = folder_ / absl::StrCat("shadow-", lives_);
  FineTuneServer::Options options = {.repository = root_ + "/models",
                                     .state_dir = root_ + "/state"};
  if (!power_cut_) return options;
  options.environment =
      PowerCutEnvironment(SCORESERVE_POWER_CUT_PRELOAD, root_, shadow_);
  options.environment["ASAN_OPTIONS"] = "verify_asan_link_order=0";
  return options;
}

bool FineTuneHistory::Live(const Death& death, const std::string& list) {
  FineTuneServer::Options options = NextServer();
  SCOPED_TRACE(
      absl::StrCat("life ", lives_, " of a history, ",
                   death.failpoint.empty()
                       ? absl::StrCat(death.after.count(), " us after ",
                                      death.from_start ? "start" : "ready")
                       : death.failpoint));
  if (!death.failpoint.empty())
    options.environment["SCORESERVE_FAILPOINT"] = death.failpoint;
  if (!list.empty()) options.environment["SCORESERVE_FAILPOINT_LIST"] = list;
  FineTuneServer server(options);
  std::thread killer;
  if (death.from_start) {
    killer = std::thread([&] {
      std::this_thread::sleep_for(death.after);  // A moment, not a wait.
      server.Kill();
    });
  }
  const bool at_failpoint = !server.AwaitListening() || Run(server, death);
  if (killer.joinable()) killer.join();
  EXPECT_TRUE(server.WasKilled());
  if (power_cut_ && fs::is_symlink(shadow_ + "/root")) {
    const std::string after = folder_ / absl::StrCat("life-", lives_);
    AfterPowerCut(shadow_, after);
    fs::remove_all(root_);
    root_ = after;
  }
  fs::remove_all(shadow_);
  CheckStore();
  CheckRepository();
  if (testing::Test::HasFailure()) ADD_FAILURE() << server.Log();
  return death.failpoint.empty() || at_failpoint;
}

bool FineTuneHistory::Run(FineTuneServer& server, const Death& death) {
  CheckStart(server);
  const auto life = death.failpoint.empty() ? death.after : kLongestLife;
  const SteadyTime end = std::chrono::steady_clock::now() + life;
  bool died = false;
  std::thread streamer([&] { StreamRows(server); });
  std::thread watcher([&] { WatchJob(server); });
  std::thread others([&] { died = !UseOthers(server, end); });
  if (death.failpoint.empty() && !death.from_start) {
    std::this_thread::sleep_until(end);
    server.Kill();
  }
  others.join();
  if (!death.failpoint.empty() && !died) server.Kill();  // It is too old.
  streamer.join();
  watcher.join();
  return died;
}

void FineTuneHistory::StreamRows(FineTuneServer& server) {
  const auto created = server.Create("job", JobSpec());
  if (!created.ok()) {
    EXPECT_TRUE(IsDead(created.status())) << created.status();
    return;
  }
  known_.created = true;
  if (created->state() == v1::FINE_TUNE_STATE_PAUSED)
    server.Resume(kJob).IgnoreError();
  const auto writer = server.StreamExamples(kJob);
  std::optional<int64_t> durable = writer->Acknowledged();
  EXPECT_GE(durable.value_or(known_.rows), known_.rows);
  int64_t sent = durable.value_or(0);
  bool open = durable.has_value();
  while (open) {
    known_.rows = *durable;
    while (open &&
           sent + kRowsOfAMessage <= known_.rows + kMostOutstandingRows) {
      open = writer->Write(sent, RowsFrom(sent, kRowsOfAMessage));
      sent += kRowsOfAMessage;
    }
    durable = writer->Acknowledged();
    open = durable.has_value();
  }
  const absl::Status ended = writer->Finish();
  EXPECT_TRUE(IsDead(ended)) << ended;
}

void FineTuneHistory::WatchJob(FineTuneServer& server) {
  absl::Status ended;
  do {
    ended = server.Watch(kJob, [this](const v1::FineTune& job) {
      known_.checkpoint_step =
          std::max<int64_t>(known_.checkpoint_step, job.checkpoint_step());
      for (const v1::PublishedVersion& version : job.published()) {
        known_.published.insert(version.version());
        known_.rolled_back |= version.rolled_back();
      }
      return false;
    });
  } while (absl::IsNotFound(ended));  // Not created yet.
  EXPECT_TRUE(IsDead(ended)) << ended;
}

bool FineTuneHistory::UseOthers(FineTuneServer& server, SteadyTime end) {
  while (std::chrono::steady_clock::now() < end) {
    const int number = ++others_made_;
    Other& other = others_.emplace_back(
        Other{.id = absl::StrCat("other-", number), .state = std::nullopt});
    const std::string name = "models/modes/fineTunes/" + other.id;
    bool alive = true;
    const auto did = [&](const absl::Status& status, v1::FineTuneState state) {
      alive = status.ok();
      EXPECT_TRUE(alive || IsDead(status)) << status;
      if (alive) other.state = state;
      return alive;
    };
    const auto begin = [&] { other.state.reset(); };
    if (!did(server.Create(other.id, BusySpec()).status(),
             v1::FINE_TUNE_STATE_RUNNING)) {
      return false;
    }
    const absl::StatusOr<int64_t> version = server.Score();
    EXPECT_TRUE(version.ok() || IsDead(version.status())) << version.status();
    if (version.ok()) known_.served.insert(*version);
    begin();
    if (!did(server.Pause(name).status(), v1::FINE_TUNE_STATE_PAUSED))
      return false;
    if (number % 3 == 0) continue;  // The next life finds it.
    begin();
    if (!did(server.Cancel(name).status(), v1::FINE_TUNE_STATE_CANCELLED))
      return false;
    begin();
    if (!did(server.Delete(name), v1::FINE_TUNE_STATE_UNSPECIFIED))
      return false;
  }
  return true;
}

}  // namespace scoreserve
