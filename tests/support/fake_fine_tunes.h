// Fine-tuning jobs in memory, that learn nothing: what a service does with them
// is seen, and a test says how they go on.

#ifndef SCORESERVE_TESTS_SUPPORT_FAKE_FINE_TUNES_H_
#define SCORESERVE_TESTS_SUPPORT_FAKE_FINE_TUNES_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "models/status.h"
#include "server/engine/fine_tunes.h"
#include "server/engine/worker.h"

namespace scoreserve {

// As FineTunes says, but for what it trains. Calls `done` on a thread of its
// own. Thread-safe.
class FakeFineTunes final : public FineTunes {
 public:
  // Of all jobs.
  explicit FakeFineTunes(ModelConfig config)
      : config_(std::make_shared<const ModelConfig>(std::move(config))) {}

  // What a test says.

  // Changes the job as if training had, and tells who watches.
  void Change(const std::string& name,
              const std::function<void(FineTuneStatus&)>& change) {
    {
      absl::MutexLock lock(&mu_);
      change(jobs_.at(name).status);
    }
    Tell(name);
  }

  // Called with each job after rows were added to it, before that is told.
  void OnAppend(std::function<void(FineTuneStatus&)> change) {
    absl::MutexLock lock(&mu_);
    on_append_ = std::move(change);
  }

  // Additions wait until Release().
  void Hold() {
    absl::MutexLock lock(&mu_);
    held_ = true;
  }
  // Lets so many of those that wait go on, oldest first; with all of them,
  // those to come too.
  void Release(size_t count = std::numeric_limits<size_t>::max()) {
    absl::MutexLock lock(&mu_);
    held_ = count < std::numeric_limits<size_t>::max();
    for (; count > 0 && !waiting_.empty(); --count) {
      worker_.Post(std::move(waiting_.front()));
      waiting_.pop_front();
    }
  }

  // Waits until Append() was called so often in all.
  void AwaitAppends(int64_t count) {
    absl::MutexLock lock(&mu_);
    const auto called = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
      return appends_ >= count;
    };
    mu_.Await(absl::Condition(&called));
  }
  int64_t appends() const {
    absl::MutexLock lock(&mu_);
    return appends_;
  }

  // The additions after so many more fail with `status`, this many times.
  void FailAfter(int64_t appends, absl::Status status,
                 int64_t times = std::numeric_limits<int64_t>::max()) {
    absl::MutexLock lock(&mu_);
    fail_after_ = appends;
    fail_times_ = times;
    failure_ = std::move(status);
  }

  std::vector<float> Rows(const std::string& name) const {
    absl::MutexLock lock(&mu_);
    return jobs_.at(name).x;
  }
  std::vector<int64_t> Classes(const std::string& name) const {
    absl::MutexLock lock(&mu_);
    return jobs_.at(name).classes;
  }
  int64_t watches() const {
    absl::MutexLock lock(&mu_);
    return static_cast<int64_t>(watchers_.size());
  }
  void AwaitWatches(int64_t count) {
    absl::MutexLock lock(&mu_);
    const auto there = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
      return static_cast<int64_t>(watchers_.size()) == count;
    };
    mu_.Await(absl::Condition(&there));
  }
  std::vector<std::string> rolled_back() const {
    absl::MutexLock lock(&mu_);
    return rolled_back_;
  }

  // FineTunes.

  void Create(absl::string_view id, const FineTuneSpec& spec,
              Done done) override {
    Post(std::move(done),
         [this, spec, id = std::string(id)]() { return MakeJob(id, spec); });
  }

  absl::StatusOr<FineTuneStatus> Get(const std::string& name) const override {
    absl::MutexLock lock(&mu_);
    const auto job = jobs_.find(name);
    if (job == jobs_.end()) return NoJob(name);
    return job->second.status;
  }

  std::vector<FineTuneStatus> List(const std::string& model) const override {
    absl::MutexLock lock(&mu_);
    std::vector<FineTuneStatus> list;
    for (const auto& [name, job] : jobs_) {
      if (model.empty() || job.status.spec.model == model) {
        list.push_back(job.status);
      }
    }
    return list;
  }

  void Pause(const std::string& name, Done done) override {
    SetState(name, FineTuneState::kPaused, "paused by a call", std::move(done));
  }
  void Resume(const std::string& name, Done done) override {
    SetState(name, FineTuneState::kRunning, "", std::move(done));
  }

  void Cancel(const std::string& name, Done done) override {
    Post(std::move(done), [this, name]() -> absl::StatusOr<FineTuneStatus> {
      {
        absl::MutexLock lock(&mu_);
        const auto job = jobs_.find(name);
        if (job == jobs_.end()) return NoJob(name);
        if (!HasEnded(job->second.status.state)) {
          job->second.status.state = FineTuneState::kCancelled;
          job->second.status.ended = absl::Now();
        }
      }
      Tell(name);
      return Get(name);
    });
  }

  void Delete(const std::string& name, Done done) override {
    Post(std::move(done), [this, name]() -> absl::StatusOr<FineTuneStatus> {
      FineTuneStatus last;
      {
        absl::MutexLock lock(&mu_);
        const auto job = jobs_.find(name);
        if (job == jobs_.end()) return NoJob(name);
        last = job->second.status;
        jobs_.erase(job);
      }
      Tell(name);
      return last;
    });
  }

  absl::StatusOr<std::shared_ptr<const ModelConfig>> ConfigOf(
      const std::string& name) const override {
    const absl::StatusOr<FineTuneStatus> job = Get(name);
    if (!job.ok()) return job.status();
    return config_;
  }

  void Append(const std::string& name, Examples examples,
              std::function<void(absl::StatusOr<int64_t>)> done) override {
    absl::MutexLock lock(&mu_);
    ++appends_;
    waiting_.push_back(
        [this, name, examples = std::move(examples), done = std::move(done)] {
          const absl::StatusOr<int64_t> rows = Add(name, examples);
          Tell(name);
          done(rows);
        });
    if (held_) return;
    worker_.Post(std::move(waiting_.back()));
    waiting_.pop_back();
  }

  absl::StatusOr<std::unique_ptr<FineTuneWatch>> Watch(
      const std::string& name, std::function<void()> changed) override {
    absl::MutexLock lock(&mu_);
    if (!jobs_.contains(name)) return NoJob(name);
    const auto watcher = std::make_shared<Watcher>(name, std::move(changed));
    watchers_[watcher.get()] = watcher;
    return std::make_unique<FakeWatch>(this, watcher);
  }

  void RolledBack(const std::string& model) override {
    absl::MutexLock lock(&mu_);
    rolled_back_.push_back(model);
  }

 private:
  struct Job {
    FineTuneStatus status;
    std::vector<float> x;
    std::vector<int64_t> classes;
  };

  struct Watcher {
    Watcher(std::string of, std::function<void()> call)
        : name(std::move(of)), changed(std::move(call)) {}
    const std::string name;
    absl::Mutex mu;  // Held while `changed` runs.
    std::function<void()> changed ABSL_GUARDED_BY(mu);
  };

  class FakeWatch final : public FineTuneWatch {
   public:
    FakeWatch(FakeFineTunes* jobs, std::shared_ptr<Watcher> watcher)
        : jobs_(jobs), watcher_(std::move(watcher)) {}
    ~FakeWatch() override {
      {
        absl::MutexLock lock(&watcher_->mu);
        watcher_->changed = nullptr;
      }
      absl::MutexLock lock(&jobs_->mu_);
      jobs_->watchers_.erase(watcher_.get());
    }
    absl::StatusOr<FineTuneStatus> Status() const override {
      return jobs_->Get(watcher_->name);
    }

   private:
    FakeFineTunes* const jobs_;
    const std::shared_ptr<Watcher> watcher_;
  };

  static absl::Status NoJob(const std::string& name) {
    return WithReason(
        absl::NotFoundError(absl::StrCat("there is no fine-tune '", name, "'")),
        Reason::kJobNotFound);
  }

  static absl::Status Ended(const std::string& name) {
    return WithReason(
        absl::FailedPreconditionError(absl::StrCat(name, " has ended")),
        Reason::kJobEnded);
  }

  void Post(Done done, std::function<absl::StatusOr<FineTuneStatus>()> task) {
    worker_.Post(
        [done = std::move(done), task = std::move(task)] { done(task()); });
  }

  absl::StatusOr<FineTuneStatus> MakeJob(const std::string& id,
                                         const FineTuneSpec& spec) {
    const std::string name =
        absl::StrCat("models/", spec.model, "/fineTunes/", id);
    absl::MutexLock lock(&mu_);
    if (spec.objective == "unknown") {
      return InvalidField("objective", "one of those that there are",
                          spec.objective);
    }
    const auto [job, made] = jobs_.try_emplace(name);
    FineTuneStatus& status = job->second.status;
    if (!made && status.spec != spec) {
      return WithReason(
          absl::AlreadyExistsError(absl::StrCat(name, " is another job")),
          Reason::kJobExists);
    }
    if (made) {
      status.name = name;
      status.spec = spec;
      status.loss = std::numeric_limits<double>::quiet_NaN();
      status.note = "waits for rows";
      status.created = status.updated = absl::Now();
    }
    return status;
  }

  void SetState(const std::string& name, FineTuneState state,
                const std::string& note, Done done) {
    Post(std::move(done),
         [this, name, state, note]() -> absl::StatusOr<FineTuneStatus> {
           {
             absl::MutexLock lock(&mu_);
             const auto job = jobs_.find(name);
             if (job == jobs_.end()) return NoJob(name);
             if (HasEnded(job->second.status.state)) return Ended(name);
             job->second.status.state = state;
             job->second.status.note = note;
           }
           Tell(name);
           return Get(name);
         });
  }

  absl::StatusOr<int64_t> Add(const std::string& name,
                              const Examples& examples) {
    absl::MutexLock lock(&mu_);
    const auto found = jobs_.find(name);
    if (found == jobs_.end()) return NoJob(name);
    Job& job = found->second;
    if (fail_after_-- <= 0 && fail_times_-- > 0) return failure_;
    if (HasEnded(job.status.state)) return Ended(name);
    const int64_t dim = config_->data.dim();
    const int64_t rows = static_cast<int64_t>(examples.x.size()) / dim;
    if (examples.first_offset > job.status.rows) {
      return WithReason(absl::InvalidArgumentError(absl::StrCat(
                            "first_offset must be at most ", job.status.rows,
                            "; was ", examples.first_offset)),
                        Reason::kOffsetGap);
    }
    for (int64_t i = job.status.rows - examples.first_offset; i < rows; ++i) {
      if (job.status.rows >= job.status.spec.max_rows) {
        return WithReason(
            absl::ResourceExhaustedError(absl::StrCat(
                "max_rows is reached; ", job.status.rows, " rows are kept")),
            Reason::kQuotaReached);
      }
      job.x.insert(job.x.end(), examples.x.begin() + i * dim,
                   examples.x.begin() + (i + 1) * dim);
      if (!examples.classes.empty()) {
        job.classes.push_back(examples.classes[static_cast<size_t>(i)]);
      }
      ++job.status.rows;
    }
    if (on_append_) on_append_(job.status);
    return job.status.rows;
  }

  void Tell(const std::string& name) {
    std::vector<std::shared_ptr<Watcher>> watchers;
    {
      absl::MutexLock lock(&mu_);
      for (const auto& [key, watcher] : watchers_) {
        if (watcher->name == name) watchers.push_back(watcher);
      }
    }
    for (const std::shared_ptr<Watcher>& watcher : watchers) {
      absl::MutexLock lock(&watcher->mu);
      if (watcher->changed) watcher->changed();
    }
  }

  const std::shared_ptr<const ModelConfig> config_;
  mutable absl::Mutex mu_;
  std::map<std::string, Job> jobs_ ABSL_GUARDED_BY(mu_);
  std::map<Watcher*, std::shared_ptr<Watcher>> watchers_ ABSL_GUARDED_BY(mu_);
  std::function<void(FineTuneStatus&)> on_append_ ABSL_GUARDED_BY(mu_);
  bool held_ ABSL_GUARDED_BY(mu_) = false;
  std::deque<std::function<void()>> waiting_ ABSL_GUARDED_BY(mu_);
  int64_t appends_ ABSL_GUARDED_BY(mu_) = 0;
  int64_t fail_after_ ABSL_GUARDED_BY(mu_) =
      std::numeric_limits<int64_t>::max();
  int64_t fail_times_ ABSL_GUARDED_BY(mu_) = 0;
  absl::Status failure_ ABSL_GUARDED_BY(mu_);
  std::vector<std::string> rolled_back_ ABSL_GUARDED_BY(mu_);
  Worker worker_;  // Last: its tasks use the rest.
};

}  // namespace scoreserve

#endif  // SCORESERVE_TESTS_SUPPORT_FAKE_FINE_TUNES_H_
