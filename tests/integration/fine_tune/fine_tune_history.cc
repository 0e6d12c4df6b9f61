#include "tests/integration/fine_tune/fine_tune_history.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <memory>
#include <random>
#include <thread>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "models/io/model_repository.h"
#include "models/io/safetensors.h"
#include "models/training/trainer_state.h"
#include "server/state/sqlite_job_store.h"
#include "tests/fault/power_cut.h"
#include "tests/support/child_program.h"
#include "tests/support/two_mode_rows.h"

namespace scoreserve {
namespace {

namespace fs = std::filesystem;
using SteadyTime = std::chrono::steady_clock::time_point;

constexpr char kJob[] = "models/modes/fineTunes/job";
constexpr int64_t kRowsOfAMessage = 64;
constexpr int64_t kMostOutstandingRows = 4 * kRowsOfAMessage;
// How long a failpoint is waited for.
constexpr std::chrono::milliseconds kLongestLife(1500);

// The rows of the job's stream, of a law that moves on, so that there is always
// something to publish.
std::vector<float> RowsFrom(int64_t first_offset, int64_t rows) {
  std::vector<float> x;
  for (int64_t i = first_offset; i < first_offset + rows; ++i) {
    const double mean = 1.5 + 5e-6 * static_cast<double>(i);
    x.push_back(TwoModeRows(mean, 1, static_cast<uint32_t>(i))[0]);
  }
  return x;
}

v1::FineTuneSpec JobSpec() {
  v1::FineTuneSpec spec = BusySpec();
  // So small that what is no longer needed is erased all the time.
  spec.mutable_quota()->set_max_bytes(64 * 1024);
  return spec;
}

bool IsDead(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsCancelled(status);
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

void FineTuneHistory::CheckStart(FineTuneServer& server) {
  const auto jobs = server.List();
  if (!jobs.ok()) {
    EXPECT_TRUE(IsDead(jobs.status())) << jobs.status();
    return;
  }
  const auto job = std::find_if(
      jobs->begin(), jobs->end(),
      [](const v1::FineTune& other) { return other.name() == kJob; });
  if (job != jobs->end()) {
    CheckJob(*job);
  } else {
    EXPECT_FALSE(known_.created);
  }
  CheckOthers(*jobs);
  const auto recovered =
      std::count_if(jobs->begin(), jobs->end(), [](const v1::FineTune& other) {
        return other.state() == v1::FINE_TUNE_STATE_RUNNING ||
               other.state() == v1::FINE_TUNE_STATE_PAUSED;
      });
  const auto metric = server.Metric("scoreserve_fine_tune_recoveries_total");
  EXPECT_EQ(metric.value_or(recovered), recovered);
  const absl::StatusOr<int64_t> version = server.Score();
  if (version.ok()) known_.served.insert(*version);
  EXPECT_TRUE(version.ok() || IsDead(version.status())) << version.status();
  // Leaves nothing of earlier lives, whatever it was.
  for (Other& other : others_) {
    if (other.state == v1::FINE_TUNE_STATE_UNSPECIFIED) continue;
    other.state.reset();
    const absl::Status deleted =
        server.Delete("models/modes/fineTunes/" + other.id);
    if (IsDead(deleted)) return;
    EXPECT_TRUE(deleted.ok() || absl::IsNotFound(deleted)) << deleted;
    other.state = v1::FINE_TUNE_STATE_UNSPECIFIED;
  }
}

void FineTuneHistory::CheckJob(const v1::FineTune& job) {
  const bool rolled_back = absl::StrContains(job.note(), "rolled back");
  if (rolled_back) ++rollbacks_;
  EXPECT_EQ(job.state(), rolled_back ? v1::FINE_TUNE_STATE_PAUSED
                                     : v1::FINE_TUNE_STATE_RUNNING)
      << job.DebugString();
  EXPECT_FALSE(job.has_error()) << job.DebugString();
  EXPECT_GE(job.rows(), known_.rows);
  EXPECT_GE(job.checkpoint_step(), known_.checkpoint_step);
  EXPECT_GE(job.step(), job.checkpoint_step());
  std::set<int64_t> published;
  for (const v1::PublishedVersion& version : job.published())
    published.insert(version.version());
  const int64_t oldest =
      job.published_size() < 100 ? 2 : job.published(0).version();
  for (const auto* versions : {&known_.published, &known_.served}) {
    for (const int64_t version : *versions) {
      EXPECT_TRUE(version < oldest || published.count(version) > 0)
          << "version " << version << " is forgotten: " << job.DebugString();
    }
  }
}

void FineTuneHistory::CheckOthers(const std::vector<v1::FineTune>& jobs) {
  for (const Other& other : others_) {
    if (!other.state.has_value()) continue;
    v1::FineTuneState state = v1::FINE_TUNE_STATE_UNSPECIFIED;
    for (const v1::FineTune& job : jobs) {
      if (absl::EndsWith(job.name(), "/" + other.id)) state = job.state();
    }
    EXPECT_EQ(state, *other.state) << other.id;
  }
  for (const v1::FineTune& job : jobs)
    EXPECT_FALSE(job.has_error()) << job.DebugString();
}

void FineTuneHistory::CheckStore() {
  // Of a copy: what a start mends the server has to mend itself.
  const std::string state = root_ + "/state", copy = folder_ / "copy";
  if (!fs::exists(state)) {
    EXPECT_FALSE(known_.created);
    return;
  }
  fs::copy(state, copy, fs::copy_options::recursive);
  {
    absl::StatusOr<std::unique_ptr<JobStore>> store = OpenJobStore(copy);
    ASSERT_TRUE(store.ok()) << store.status();
    const auto jobs = (*store)->Jobs();
    ASSERT_TRUE(jobs.ok()) << jobs.status();
    const auto job =
        std::find_if(jobs->begin(), jobs->end(),
                     [](const StoredJob& other) { return other.name == kJob; });
    if (job == jobs->end()) {
      EXPECT_FALSE(known_.created);
    } else {
      EXPECT_GE(job->rows, known_.rows);
      EXPECT_LE(job->rows, known_.rows + kMostOutstandingRows);
      int64_t end = 0;
      const absl::Status read =
          (*store)->ReadExamples(kJob, [&end](const StoredExamples& examples) {
            EXPECT_EQ(std::vector<float>(examples.x.begin(), examples.x.end()),
                      RowsFrom(examples.first_offset, examples.rows));
            end = examples.first_offset + examples.rows;
            return absl::OkStatus();
          });
      EXPECT_TRUE(read.ok()) << read;
      EXPECT_EQ(end, job->rows);
      const auto checkpoint = (*store)->ReadCheckpoint(
          kJob, [](const std::string& warning) { ADD_FAILURE() << warning; });
      ASSERT_TRUE(checkpoint.ok()) << checkpoint.status();
      EXPECT_GE(checkpoint->step, known_.checkpoint_step);
      auto arrays = ParseSafetensors(checkpoint->weights);
      ASSERT_TRUE(arrays.ok()) << arrays.status();
      const auto trainer = StateFromArrays(*std::move(arrays));
      ASSERT_TRUE(trainer.ok()) << trainer.status();
      EXPECT_EQ(trainer->steps_done, checkpoint->step);
    }
    int64_t files = 0;
    for (const auto& entry : fs::directory_iterator(copy + "/checkpoints")) {
      EXPECT_EQ(entry.path().extension(), ".safetensors") << entry.path();
      ++files;
    }
    EXPECT_LE(files, 3 * static_cast<int64_t>(jobs->size()));
  }
  fs::remove_all(copy);
}

void FineTuneHistory::CheckRepository() {
  const ModelRepository repository(root_ + "/models");
  const auto versions = repository.Versions("modes");
  ASSERT_TRUE(versions.ok()) << versions.status();
  for (const int64_t version : *versions) {
    if (version <= verified_version_) continue;
    const auto read = repository.Read("modes", version);
    EXPECT_TRUE(read.ok()) << read.status();
    verified_version_ = version;
  }
  const auto desired = repository.ReadDesired("modes");
  ASSERT_TRUE(desired.ok()) << desired.status();
  const auto stable = desired->aliases.find("stable");
  if (stable == desired->aliases.end()) {
    EXPECT_FALSE(known_.created);
    return;
  }
  const auto read = repository.Read("modes", stable->second);
  EXPECT_TRUE(read.ok()) << read.status();
  if (!known_.published.empty() && !known_.rolled_back) {
    EXPECT_GE(stable->second, *known_.published.rbegin());
  }
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

void KillAtRandomMoments(uint64_t seed, int times, bool power_cut) {
  constexpr int kLives = 25;
  std::mt19937_64 random(seed);
  int64_t rows = 0, versions = 0, rollbacks = 0;
  for (int i = 0; i < times; i += kLives) {
    FineTuneHistory history(power_cut);
    for (int life = i; life < std::min(times, i + kLives); ++life) {
      // The first life of a history makes something that can be lost.
      const bool first = life == i;
      const bool from_start = random() % 4 == 0 && !first;
      // Of a second, in which it starts and works, or of work alone.
      const std::chrono::microseconds after(
          random() % (from_start ? 1'000'000 : 400'000) +
          (first ? 400'000 : 0));
      history.Live({.failpoint = {}, .after = after, .from_start = from_start});
      ASSERT_FALSE(testing::Test::HasFailure()) << "seed " << seed;
    }
    rows += history.rows();
    versions += history.versions();
    rollbacks += history.rollbacks();
  }
  EXPECT_GT(rows, 0);
  // A sample may be too short for one.
  EXPECT_GE(versions, times / kLives);
  std::printf("%d deaths, %lld rows, %lld versions, %lld rollbacks\n", times,
              static_cast<long long>(rows), static_cast<long long>(versions),
              static_cast<long long>(rollbacks));
}

void KillAtFailpoints(std::vector<std::string> names,
                      const std::vector<int>& counts, bool power_cut) {
  if (names.empty()) {
    const TempFolder folder;
    FineTuneHistory history(power_cut);
    for (int i = 0; i < 2; ++i)
      history.Live({.failpoint = {}, .after = kLongestLife}, folder / "list");
    std::ifstream lines(folder / "list");
    std::set<std::string> reached;
    for (std::string line; std::getline(lines, line);) reached.insert(line);
    names.assign(reached.begin(), reached.end());
  }
  ASSERT_FALSE(names.empty());
  int deaths = 0;
  for (const std::string& name : names) {
    FineTuneHistory history(power_cut);
    for (const int n : counts) {
      const bool died = history.Live({.failpoint = absl::StrCat(name, ":", n)});
      deaths += died;
      EXPECT_TRUE(died || n > counts[0]) << name << " was not reached";
      ASSERT_FALSE(testing::Test::HasFailure());
    }
    // And one more start.
    history.Live({.failpoint = {}, .after = std::chrono::milliseconds(50)});
    ASSERT_FALSE(testing::Test::HasFailure());
  }
  std::printf("%zu failpoints, %d deaths at them\n", names.size(), deaths);
}

}  // namespace scoreserve
