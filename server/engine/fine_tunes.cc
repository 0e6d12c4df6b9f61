#include "server/engine/fine_tunes.h"

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "models/networks/score_network.h"
#include "models/status.h"
#include "server/engine/example_intake.h"
#include "server/engine/fine_tune_name.h"
#include "server/engine/fine_tune_parts.h"
#include "server/engine/fine_tuning.h"
#include "server/engine/job_watchers.h"
#include "server/engine/version_publisher.h"

namespace scoreserve {
namespace {

absl::Status Unknown(const std::string& name) {
  return WithReason(
      absl::NotFoundError(absl::StrCat("there is no fine-tune '", name, "'")),
      Reason::kJobNotFound);
}

absl::Status Ended(const FineTuneStatus& status) {
  return WithReason(
      absl::FailedPreconditionError(absl::StrCat(status.name, " has ended")),
      Reason::kJobEnded);
}

// Which version a job begins with. Where the spec does not say: that of its
// alias, else the highest; never one that only some callers are served.
ModelSelector BaseOf(const FineTuneSpec& spec, const ModelRegistry& registry) {
  ModelSelector base = {.name = spec.model,
                        .version = spec.base_version,
                        .alias = spec.base_alias};
  if (base.version.has_value() || base.alias.has_value()) return base;
  const std::shared_ptr<const ModelTable> table = registry.table();
  const auto entry = table->find(spec.model);
  if (entry == table->end()) return base;
  if (entry->second.aliases.contains(spec.alias)) {
    base.alias = spec.alias;
  } else if (!entry->second.versions.empty()) {
    base.version = entry->second.versions.rbegin()->first;
  }
  return base;
}

class FineTunesImpl final : public FineTunes, public FineTuneHost {
 public:
  explicit FineTunesImpl(const Parts& parts)
      : parts_(parts),
        publisher_(parts.repository, parts.registry),
        intake_(parts.store) {}

  ~FineTunesImpl() override {
    // The worker may still do what jobs have asked for.
    absl::Notification stopped;
    parts_.worker->Post([&] {
      for (const auto& [name, job] : Jobs()) {
        std::optional<FineTuneCheckpoint> last = job->Stop();
        if (last.has_value()) SaveNow(*job, *std::move(last));
        RememberNow(*job);
      }
      stopped.Notify();
    });
    stopped.WaitForNotification();
  }

  // Of Start(), before the worker has anything to do with it.
  absl::Status Load() {
    absl::StatusOr<std::vector<StoredJob>> stored = parts_.store->Jobs();
    if (!stored.ok()) return stored.status();
    for (const StoredJob& job : *stored) LoadJob(job);
    return absl::OkStatus();
  }

  void Create(absl::string_view id, const FineTuneSpec& spec,
              Done done) override {
    absl::Status named = CheckModelName("fine_tune_id", std::string(id));
    if (named.ok()) named = CheckModelName("base.name", spec.model);
    if (!named.ok()) return done(named);
    parts_.worker->Post(
        [this, name = FineTuneName(spec.model, id), spec,
         done = std::move(done)] { done(CreateNow(name, spec)); });
  }

  absl::StatusOr<FineTuneStatus> Get(const std::string& name) const override {
    const std::shared_ptr<FineTuning> job = Find(name);
    if (job == nullptr) return Unknown(name);
    return job->status();
  }

  std::vector<FineTuneStatus> List(const std::string& model) const override {
    std::vector<FineTuneStatus> list;
    for (const auto& [name, job] : Jobs()) {
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
    parts_.worker->Post([this, name, done = std::move(done)] {
      done(DeleteNow(name));
      watchers_.Tell(name);
    });
  }

  absl::StatusOr<std::shared_ptr<const ModelConfig>> ConfigOf(
      const std::string& name) const override {
    std::shared_ptr<FineTuning> job = Find(name);
    if (job == nullptr) return Unknown(name);
    const ModelConfig* config = &job->plan().config;
    return std::shared_ptr<const ModelConfig>(std::move(job), config);
  }

  void Append(const std::string& name, Examples examples,
              ExampleIntake::Done done) override {
    std::shared_ptr<ExampleStream> stream;
    std::shared_ptr<FineTuning> job = Find(name, &stream);
    if (job == nullptr) return done(Unknown(name));
    absl::Status checked = CheckExamples(job->plan().config, examples);
    if (!checked.ok()) return done(checked);
    if (!intake_.Add({.job = std::move(job),
                      .stream = std::move(stream),
                      .examples = std::move(examples),
                      .done = std::move(done)})) {
      return;
    }
    parts_.worker->Post([this] {
      intake_.Flush(
          [this](const std::shared_ptr<FineTuning>& job) { Offer(job); });
    });
  }

  absl::StatusOr<std::unique_ptr<FineTuneWatch>> Watch(
      const std::string& name, std::function<void()> changed) override {
    if (Find(name) == nullptr) return Unknown(name);
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
    return std::make_unique<WatchImpl>(this, name,
                                       watchers_.Add(name, std::move(changed)));
  }

  void RolledBack(const std::string& model) override {
    parts_.worker->Post([this, model] {
      for (const auto& [name, job] : Jobs()) {
        if (job->plan().spec.model != model) continue;
        const int64_t version = job->memory().watch.version;
        if (version != 0) job->RolledBack(version);
        MoveNow(name, FineTuneState::kPaused, "an alias was moved back by hand")
            .IgnoreError();
      }
    });
  }

  // Of FineTuneHost:

  absl::StatusOr<std::shared_ptr<const ModelSnapshot>> InService(
      const std::string& model, const std::string& alias) const override {
    return parts_.registry->Find(
        {.name = model, .version = {}, .alias = alias});
  }

  absl::StatusOr<std::shared_ptr<const ModelSnapshot>> Version(
      const std::string& model, int64_t version) const override {
    return parts_.registry->Find(
        {.name = model, .version = version, .alias = {}});
  }

  void Save(std::shared_ptr<FineTuning> job,
            FineTuneCheckpoint checkpoint) override {
    // A function has to be copyable; a checkpoint should not be copied.
    auto kept = std::make_shared<FineTuneCheckpoint>(std::move(checkpoint));
    parts_.worker->Post([this, job = std::move(job), kept = std::move(kept)] {
      SaveNow(*job, std::move(*kept));
    });
  }

  void Publish(std::shared_ptr<FineTuning> job, NamedArrays weights,
               const FineTuneComparison& comparison) override {
    auto files = std::make_shared<ModelFiles>(
        ModelFiles{.config = job->plan().config, .arrays = std::move(weights)});
    parts_.worker->Post([this, job = std::move(job), files, comparison] {
      const absl::StatusOr<PublishedVersion> published =
          PublishNow(*job, std::move(*files), comparison);
      if (published.ok()) {
        parts_.log(absl::StrCat(job->name(), " published ",
                                job->plan().spec.model, "@",
                                published->version));
      }
      job->Published(published);
      RememberNow(*job);
      Changed(*job);
      Offer(job);
    });
  }

  void RollBack(std::shared_ptr<FineTuning> job, int64_t from,
                int64_t to) override {
    parts_.worker->Post([this, job = std::move(job), from, to] {
      const FineTuneSpec& spec = job->plan().spec;
      const absl::Status moved =
          publisher_.Move(spec.model, spec.alias, from, to);
      parts_.log(absl::StrCat(job->name(), ": ", job->status().note,
                              moved.ok() ? "" : "; but ",
                              moved.ok() ? "" : std::string(moved.message())));
      job->RolledBack(from);
      RememberNow(*job);
      Changed(*job);
    });
  }

  void Remember(std::shared_ptr<FineTuning> job) override {
    parts_.worker->Post([this, job = std::move(job)] { RememberNow(*job); });
  }

  void Changed(const FineTuning& job) override { watchers_.Tell(job.name()); }

 private:
  struct Entry {
    std::shared_ptr<FineTuning> job;
    std::shared_ptr<ExampleStream> stream;
  };
  using JobMap = std::map<std::string, std::shared_ptr<FineTuning>>;

  std::shared_ptr<FineTuning> Find(const std::string& name,
                                   std::shared_ptr<ExampleStream>* stream =
                                       nullptr) const ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    const auto found = entries_.find(name);
    if (found == entries_.end()) return nullptr;
    if (stream != nullptr) *stream = found->second.stream;
    return found->second.job;
  }

  JobMap Jobs() const ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    JobMap jobs;
    for (const auto& [name, entry] : entries_) jobs[name] = entry.job;
    return jobs;
  }

  std::shared_ptr<FineTuning> AddJob(FineTuning::Parts parts,
                                     ExampleStream stream)
      ABSL_LOCKS_EXCLUDED(mu_) {
    parts.host = this;
    parts.clock = parts_.clock;
    absl::MutexLock lock(&mu_);
    parts.place = next_place_++;
    auto job = std::make_shared<FineTuning>(std::move(parts));
    entries_[job->name()] = {
        .job = job,
        .stream = std::make_shared<ExampleStream>(std::move(stream))};
    return job;
  }

  void Offer(const std::shared_ptr<FineTuning>& job) {
    parts_.engine->Offer(job->place(), job);
  }

  // The worker's, or those of Load():

  void LoadJob(const StoredJob& stored);
  absl::StatusOr<FineTuneStatus> CreateNow(const std::string& name,
                                           const FineTuneSpec& spec);
  absl::StatusOr<FineTuneStatus> MoveNow(const std::string& name,
                                         FineTuneState state,
                                         const std::string& note);
  absl::StatusOr<FineTuneStatus> DeleteNow(const std::string& name);
  absl::StatusOr<PublishedVersion> PublishNow(
      const FineTuning& job, ModelFiles files,
      const FineTuneComparison& comparison);
  // Makes up for what a kill may have left undone after SetStatus() below.
  void FinishPublishing(FineTuning::Parts& parts);

  void Move(const std::string& name, FineTuneState state,
            const std::string& note, Done done) {
    parts_.worker->Post([this, name, state, note, done = std::move(done)] {
      done(MoveNow(name, state, note));
    });
  }

  void SaveNow(FineTuning& job, FineTuneCheckpoint checkpoint) {
    const StoredCheckpoint stored = ToStored(std::move(checkpoint));
    const absl::Status saved = parts_.store->SaveCheckpoint(job.name(), stored);
    if (!saved.ok() && !absl::IsNotFound(saved))
      parts_.log(absl::StrCat(job.name(), ": ", saved.message()));
    job.Saved(stored.step, saved);
    Changed(job);
  }

  void RememberNow(FineTuning& job) {
    const absl::Status kept =
        parts_.store->SetStatus(job.name(), MemoryText(job.memory()));
    // One that was deleted meanwhile has nothing to remember.
    if (!kept.ok() && !absl::IsNotFound(kept)) job.StorageFailed(kept);
  }

  const Parts parts_;
  const VersionPublisher publisher_;
  ExampleIntake intake_;
  JobWatchers watchers_;
  mutable absl::Mutex mu_;
  std::map<std::string, Entry> entries_ ABSL_GUARDED_BY(mu_);
  size_t next_place_ ABSL_GUARDED_BY(mu_) = 0;
};

void FineTunesImpl::LoadJob(const StoredJob& stored) {
  const auto warn = [&](const std::string& warning) {
    parts_.log(absl::StrCat(stored.name, ": ", warning));
  };
  ExampleStream stream = {.rows = stored.rows};
  absl::StatusOr<FineTuning::Parts> parts =
      RestoreParts(stored, *parts_.store, stream, warn);
  if (!parts.ok()) {
    // Kept as it is, for a person to look at; others go on.
    warn(std::string(parts.status().message()));
    FineTuning::Parts failed;
    failed.name = stored.name;
    failed.plan.spec.model = ModelOfFineTune(stored.name);
    failed.memory.status.spec = failed.plan.spec;
    failed.memory.status.name = stored.name;
    failed.memory.status.rows = stored.rows;
    failed.memory.status.error = parts.status();
    SetState(FineTuneState::kFailed, "", failed.memory.status);
    AddJob(std::move(failed), std::move(stream));
    return;
  }
  FinishPublishing(*parts);
  const std::shared_ptr<FineTuning> job =
      AddJob(*std::move(parts), std::move(stream));
  if (HasEnded(job->state())) return;
  parts_.engine->metrics().recoveries.fetch_add(1);
  warn(absl::StrCat("goes on from step ", job->status().step));
  Offer(job);
}

absl::StatusOr<FineTuneStatus> FineTunesImpl::CreateNow(
    const std::string& name, const FineTuneSpec& spec) {
  if (const std::shared_ptr<FineTuning> job = Find(name)) {
    if (job->plan().spec == spec) return job->status();
    return WithReason(
        absl::AlreadyExistsError(absl::StrCat(
            name, " exists, with another specification than this")),
        Reason::kJobExists);
  }
  const absl::StatusOr<std::shared_ptr<const ModelSnapshot>> base =
      parts_.registry->Find(BaseOf(spec, *parts_.registry));
  if (!base.ok()) return base.status();
  const FineTunePlan plan = {.spec = spec,
                             .base_version = (*base)->version,
                             .config = (*base)->config};
  const NamedArrays start = SaveWeights(*(*base)->network);
  absl::StatusOr<FineTuning::Parts> parts = MakeParts(plan, &start);
  if (!parts.ok()) return parts.status();
  absl::Status pinned =
      publisher_.Pin(spec.model, spec.alias, plan.base_version);
  if (!pinned.ok()) return pinned;
  parts->name = name;
  FineTuneStatus& status = parts->memory.status;
  status.name = name;
  status.created = status.updated = absl::Now();
  absl::Status created = parts_.store->Create(
      {.name = name,
       .spec = PlanText(plan),
       .status = MemoryText(parts->memory),
       .rows = 0},
      ToStored({.state = parts->trainer->State(), .notes = "{}"}));
  if (!created.ok()) return created;
  const std::shared_ptr<FineTuning> job = AddJob(*std::move(parts), {});
  Offer(job);
  return job->status();
}

absl::StatusOr<FineTuneStatus> FineTunesImpl::MoveNow(const std::string& name,
                                                      FineTuneState state,
                                                      const std::string& note) {
  const std::shared_ptr<FineTuning> job = Find(name);
  if (job == nullptr) return Unknown(name);
  FineTuneMemory memory = job->memory();
  if (HasEnded(memory.status.state)) {
    if (HasEnded(state)) return memory.status;
    return Ended(memory.status);
  }
  if (memory.status.state == state) return memory.status;
  SetState(state, note, memory.status);
  absl::Status kept = parts_.store->SetStatus(name, MemoryText(memory));
  if (!kept.ok()) return kept;
  job->MoveTo(state, note);
  Changed(*job);
  Offer(job);
  return job->status();
}

absl::StatusOr<FineTuneStatus> FineTunesImpl::DeleteNow(
    const std::string& name) {
  const std::shared_ptr<FineTuning> job = Find(name);
  if (job == nullptr) return Unknown(name);
  job->Stop();
  absl::Status erased = parts_.store->Delete(name);
  if (!erased.ok()) return erased;
  job->MoveTo(FineTuneState::kCancelled, "");
  absl::MutexLock lock(&mu_);
  entries_.erase(name);
  return job->status();
}

absl::StatusOr<PublishedVersion> FineTunesImpl::PublishNow(
    const FineTuning& job, ModelFiles files,
    const FineTuneComparison& comparison) {
  const FineTuneSpec& spec = job.plan().spec;
  const absl::StatusOr<int64_t> version =
      publisher_.Write(job.name(), spec.model, std::move(files), comparison);
  if (!version.ok()) return version.status();
  PublishedVersion published = {
      .version = *version, .time = absl::Now(), .comparison = comparison};
  // Remembered first: a kill from here on, and the move is made up for.
  FineTuneMemory memory = job.memory();
  AddPublished(published, memory);
  absl::Status moved = parts_.store->SetStatus(job.name(), MemoryText(memory));
  if (moved.ok()) {
    moved = publisher_.Move(spec.model, spec.alias,
                            comparison.reference_version, *version);
  }
  if (moved.ok()) return published;
  // Never served.
  parts_.repository->Delete(spec.model, *version).IgnoreError();
  return moved;
}

void FineTunesImpl::FinishPublishing(FineTuning::Parts& parts) {
  PublishedWatch& watch = parts.memory.watch;
  if (watch.version == 0 || watch.in_service) return;
  const FineTuneSpec& spec = parts.plan.spec;
  absl::Status moved = Version(spec.model, watch.version).status();
  if (moved.ok()) {
    moved = publisher_.Move(spec.model, spec.alias, watch.predecessor,
                            watch.version);
  }
  watch.in_service = moved.ok();
  if (moved.ok()) return;
  parts_.log(absl::StrCat(parts.name, ": version ", watch.version,
                          " was not published: ", moved.message()));
  watch = {};
  parts.memory.status.published.pop_back();
}

}  // namespace

absl::StatusOr<std::unique_ptr<FineTunes>> FineTunes::Start(
    const Parts& parts) {
  auto fine_tunes = std::make_unique<FineTunesImpl>(parts);
  absl::Status loaded = fine_tunes->Load();
  if (!loaded.ok()) return loaded;
  return fine_tunes;
}

}  // namespace scoreserve
