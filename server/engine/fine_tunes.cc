#include "server/engine/fine_tunes.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/synchronization/notification.h"
#include "server/engine/example_intake.h"
#include "server/engine/fine_tune_name.h"
#include "server/engine/job_errors.h"
#include "server/engine/job_keeper.h"
#include "server/engine/job_watchers.h"

namespace scoreserve {
namespace {

class WatchImpl final : public FineTuneWatch {
 public:
  WatchImpl(const FineTunes* jobs, const std::string& name,
            JobWatchers::Watch watch)
      : jobs_(jobs), name_(name), watch_(std::move(watch)) {}

  absl::StatusOr<FineTuneStatus> Status() const override {
    return jobs_->Get(name_);
  }

 private:
  const FineTunes* const jobs_;
  const std::string name_;
  const JobWatchers::Watch watch_;
};

// Looks jobs up here, and has the worker do the rest.
class FineTunesImpl final : public FineTunes {
 public:
  explicit FineTunesImpl(const Parts& parts)
      : worker_(*parts.worker),
        keeper_(parts,
                [this](const std::string& name) { watchers_.Tell(name); }),
        intake_(parts.store) {}

  ~FineTunesImpl() override {
    AwaitWorker();  // All that callers have asked for.
    keeper_.StopAll();
    AwaitWorker();  // All that jobs have asked for.
  }

  absl::Status Load() { return keeper_.Load(); }

  void Create(absl::string_view id, const FineTuneSpec& spec,
              Done done) override {
    absl::Status named = CheckModelName("fine_tune_id", id);
    if (named.ok()) named = CheckModelName("base.name", spec.model);
    if (!named.ok()) return done(named);
    worker_.Post(
        [this, name = FineTuneName(spec.model, id), spec,
         done = std::move(done)] { done(keeper_.Create(name, spec)); });
  }

  absl::StatusOr<FineTuneStatus> Get(const std::string& name) const override {
    const std::shared_ptr<FineTuning> job = keeper_.Find(name).job;
    if (job == nullptr) return UnknownJob(name);
    return job->status();
  }

  std::vector<FineTuneStatus> List(const std::string& model) const override {
    std::vector<FineTuneStatus> list;
    for (const auto& [name, job] : keeper_.Jobs()) {
      if (model.empty() || job->plan().spec.model == model)
        list.push_back(job->status());
    }
    return list;
  }

  void Pause(const std::string& name, Done done) override {
    Move(name, FineTuneState::kPaused, "paused", std::move(done));
  }
  void Resume(const std::string& name, Done done) override {
    Move(name, FineTuneState::kRunning, "", std::move(done));
  }
  void Cancel(const std::string& name, Done done) override {
    Move(name, FineTuneState::kCancelled, "", std::move(done));
  }

  void Delete(const std::string& name, Done done) override {
    worker_.Post([this, name, done = std::move(done)] {
      done(keeper_.Delete(name));
      watchers_.Tell(name);
    });
  }

  absl::StatusOr<std::shared_ptr<const ModelConfig>> ConfigOf(
      const std::string& name) const override {
    std::shared_ptr<FineTuning> job = keeper_.Find(name).job;
    if (job == nullptr) return UnknownJob(name);
    const ModelConfig* config = &job->plan().config;
    return std::shared_ptr<const ModelConfig>(std::move(job), config);
  }

  void Append(const std::string& name, Examples examples,
              ExampleIntake::Done done) override {
    JobKeeper::Entry entry = keeper_.Find(name);
    if (entry.job == nullptr) return done(UnknownJob(name));
    absl::Status checked = CheckExamples(entry.job->plan().config, examples);
    if (!checked.ok()) return done(checked);
    if (!intake_.Add({.job = std::move(entry.job),
                      .stream = std::move(entry.stream),
                      .examples = std::move(examples),
                      .done = std::move(done)})) {
      return;  // Taken along by the write that is on its way.
    }
    worker_.Post([this] {
      intake_.Flush([this](const std::shared_ptr<FineTuning>& job) {
        keeper_.Offer(job);
      });
    });
  }

  absl::StatusOr<std::unique_ptr<FineTuneWatch>> Watch(
      const std::string& name, std::function<void()> changed) override {
    if (keeper_.Find(name).job == nullptr) return UnknownJob(name);
    return std::make_unique<WatchImpl>(this, name,
                                       watchers_.Add(name, std::move(changed)));
  }

  void RolledBack(const std::string& model) override {
    worker_.Post([this, model] { keeper_.RolledBack(model); });
  }

 private:
  void AwaitWorker() {
    absl::Notification done;
    worker_.Post([&done] { done.Notify(); });
    done.WaitForNotification();
  }

  void Move(const std::string& name, FineTuneState state,
            const std::string& note, Done done) {
    worker_.Post([this, name, state, note, done = std::move(done)] {
      done(keeper_.Move(name, state, note));
    });
  }

  Worker& worker_;
  JobWatchers watchers_;
  JobKeeper keeper_;
  ExampleIntake intake_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<FineTunes>> FineTunes::Start(
    const Parts& parts) {
  auto fine_tunes = std::make_unique<FineTunesImpl>(parts);
  absl::Status loaded = fine_tunes->Load();
  if (!loaded.ok()) return loaded;
  return fine_tunes;
}

}  // namespace scoreserve
