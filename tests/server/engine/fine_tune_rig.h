// Fine-tuning jobs over a real engine and a repository on disk, with a job
// store in memory that survives their restart.

#ifndef SCORESERVE_TESTS_SERVER_ENGINE_FINE_TUNE_RIG_H_
#define SCORESERVE_TESTS_SERVER_ENGINE_FINE_TUNE_RIG_H_

#include <cstdint>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "models/io/model_repository.h"
#include "server/engine/fine_tunes.h"
#include "tests/support/memory_job_store.h"
#include "tests/support/temp_folder.h"
#include "tests/support/two_mode_rows.h"

namespace scoreserve {

class FineTuneRig {
 public:
  explicit FineTuneRig(
      const ModelFiles& base = TwoModesFiles(),
      const std::vector<DeviceBudget>& devices = {DeviceBudget()})
      : repository_(folder_.path()),
        registry_(repository_, {.devices = devices}),
        engine_({.devices = std::vector<at::Device>(devices.size(), at::kCPU),
                 .training_share = 1.0}) {
    if (!repository_.Write("modes", base).ok()) std::abort();
    if (!registry_.Poll().ok()) std::abort();
    Start();
  }

  void Start() {
    worker_ = std::make_unique<Worker>();
    auto jobs = FineTunes::Start({.store = &store_,
                                  .repository = &repository_,
                                  .registry = &registry_,
                                  .engine = &engine_,
                                  .worker = worker_.get(),
                                  .clock = Clock::Real(),
                                  .log = [](const std::string&) {},
                                  .warn = [](const std::string&) {}});
    if (!jobs.ok()) std::abort();
    jobs_ = *std::move(jobs);
  }
  // With a last checkpoint of each job.
  void Stop() {
    jobs_.reset();
    worker_.reset();
  }

  FineTunes& jobs() { return *jobs_; }
  // Not while jobs are there, whose worker uses it.
  MemoryJobStore& store() { return store_; }
  void SetFault(const absl::Status& fault) {
    worker_->Post([this, fault] { store_.fault = fault; });
  }
  ModelRepository& repository() { return repository_; }
  ModelRegistry& registry() { return registry_; }
  Engine& engine() { return engine_; }

  using Call = void (FineTunes::*)(const std::string&, FineTunes::Done);
  absl::StatusOr<FineTuneStatus> Do(Call call, const std::string& name) {
    return Await<FineTuneStatus>(
        [&](FineTunes::Done done) { ((*jobs_).*call)(name, std::move(done)); });
  }
  absl::StatusOr<FineTuneStatus> Create(const std::string& id,
                                        const FineTuneSpec& spec) {
    return Await<FineTuneStatus>([&](FineTunes::Done done) {
      jobs_->Create(id, spec, std::move(done));
    });
  }
  absl::StatusOr<int64_t> Append(const std::string& name, int64_t first_offset,
                                 std::vector<float> x) {
    return Await<int64_t>(
        [&](std::function<void(absl::StatusOr<int64_t>)> done) {
          jobs_->Append(
              name,
              {.first_offset = first_offset, .x = std::move(x), .classes = {}},
              std::move(done));
        });
  }

  // The store fails so from the moment on that these rows are durable, before
  // anything of what they make the job do.
  absl::StatusOr<int64_t> AppendThenFail(const std::string& name,
                                         std::vector<float> x,
                                         const absl::Status& fault) {
    absl::Notification all_posted;
    worker_->Post([&] { all_posted.WaitForNotification(); });
    return Await<int64_t>(
        [&](std::function<void(absl::StatusOr<int64_t>)> done) {
          jobs_->Append(name,
                        {.first_offset = 0, .x = std::move(x), .classes = {}},
                        std::move(done));
          SetFault(fault);
          all_posted.Notify();
        });
  }

  // The job's status once `until` says so.
  FineTuneStatus AwaitStatus(
      const std::string& name,
      const std::function<bool(const FineTuneStatus&)>& until) {
    absl::Mutex mu;
    bool changed = true;
    const auto watch = jobs_->Watch(name, [&] {
      absl::MutexLock lock(&mu);
      changed = true;
    });
    if (!watch.ok()) std::abort();
    while (true) {
      {
        absl::MutexLock lock(&mu);
        mu.Await(absl::Condition(&changed));
        changed = false;
      }
      const absl::StatusOr<FineTuneStatus> status = (*watch)->Status();
      if (!status.ok() || until(*status)) return *status;
    }
  }
  FineTuneStatus AwaitEnd(const std::string& name) {
    return AwaitStatus(name, [](const FineTuneStatus& status) {
      return HasEnded(status.state);
    });
  }

  std::shared_ptr<const ModelSnapshot> Served() const {
    return *registry_.Find({.name = "modes", .version = {}, .alias = {}});
  }
  int64_t InService() const { return Served()->version; }

 private:
  template <typename T>
  static absl::StatusOr<T> Await(
      const std::function<void(std::function<void(absl::StatusOr<T>)>)>& call) {
    absl::Notification answered;
    absl::StatusOr<T> answer;
    call([&](absl::StatusOr<T> with) {
      answer = std::move(with);
      answered.Notify();
    });
    answered.WaitForNotification();
    return answer;
  }

  TempFolder folder_;
  ModelRepository repository_;
  ModelRegistry registry_;
  Engine engine_;
  MemoryJobStore store_;
  std::unique_ptr<Worker> worker_;
  std::unique_ptr<FineTunes> jobs_;
};

}  // namespace scoreserve

#endif  // SCORESERVE_TESTS_SERVER_ENGINE_FINE_TUNE_RIG_H_
