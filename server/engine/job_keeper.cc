#include "server/engine/job_keeper.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "models/networks/score_network.h"
#include "models/status.h"
#include "server/engine/fine_tune_name.h"
#include "server/engine/fine_tune_parts.h"
#include "server/engine/job_errors.h"

namespace scoreserve {
namespace {

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

}  // namespace

JobKeeper::Entry JobKeeper::Find(const std::string& name) const {
  absl::MutexLock lock(&mu_);
  const auto found = entries_.find(name);
  return found == entries_.end() ? Entry() : found->second;
}

JobKeeper::JobMap JobKeeper::Jobs() const {
  absl::MutexLock lock(&mu_);
  JobMap jobs;
  for (const auto& [name, entry] : entries_) jobs[name] = entry.job;
  return jobs;
}

void JobKeeper::Offer(const std::shared_ptr<FineTuning>& job) {
  parts_.engine->Offer(job->device(), job->place(), job);
}

std::shared_ptr<FineTuning> JobKeeper::Add(FineTuning::Parts parts,
                                           ExampleStream stream) {
  parts.host = this;
  parts.clock = parts_.clock;
  // It stays there, wherever later versions go.
  const auto in_service =
      InService(parts.plan.spec.model, parts.plan.spec.alias);
  if (in_service.ok()) parts.device = (*in_service)->device;
  // Without room there it trains on the processor, in the same quanta.
  if (parts.trainer != nullptr) {
    parts.trainer->MoveTo(parts_.engine->device(parts.device)).IgnoreError();
  }
  absl::MutexLock lock(&mu_);
  parts.place = next_place_++;
  auto job = std::make_shared<FineTuning>(std::move(parts));
  entries_[job->name()] = {
      .job = job, .stream = std::make_shared<ExampleStream>(std::move(stream))};
  return job;
}

absl::Status JobKeeper::Load() {
  absl::StatusOr<std::vector<StoredJob>> stored = parts_.store->Jobs();
  if (!stored.ok()) return stored.status();
  for (const StoredJob& job : *stored) LoadJob(job);
  return absl::OkStatus();
}

void JobKeeper::StopAll() {
  for (const auto& [name, job] : Jobs()) {
    // What is kept of one that has ended is kept, or could not be read: then it
    // stays as it is.
    if (HasEnded(job->state())) continue;
    std::optional<FineTuneCheckpoint> last = job->Stop();
    if (last.has_value()) Save(job, *std::move(last));
    Remember(job);
  }
}

void JobKeeper::LoadJob(const StoredJob& stored) {
  const auto warn = [&](const std::string& warning) {
    parts_.warn(absl::StrCat(stored.name, ": ", warning));
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
    Add(std::move(failed), std::move(stream));
    return;
  }
  FinishPublishing(*parts);
  const std::shared_ptr<FineTuning> job =
      Add(*std::move(parts), std::move(stream));
  if (HasEnded(job->state())) return;
  parts_.engine->metrics().recoveries.fetch_add(1);
  parts_.log(
      absl::StrCat(stored.name, ": goes on from step ", job->status().step));
  Offer(job);
}

absl::StatusOr<FineTuneStatus> JobKeeper::Create(const std::string& name,
                                                 const FineTuneSpec& spec) {
  if (const std::shared_ptr<FineTuning> job = Find(name).job) {
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
  const std::shared_ptr<FineTuning> job = Add(*std::move(parts), {});
  Offer(job);
  return job->status();
}

absl::StatusOr<FineTuneStatus> JobKeeper::Move(const std::string& name,
                                               FineTuneState state,
                                               const std::string& note) {
  const std::shared_ptr<FineTuning> job = Find(name).job;
  if (job == nullptr) return UnknownJob(name);
  FineTuneMemory memory = job->memory();
  if (HasEnded(memory.status.state)) {
    if (HasEnded(state)) return memory.status;
    return JobEnded(name);
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

absl::StatusOr<FineTuneStatus> JobKeeper::Delete(const std::string& name) {
  const std::shared_ptr<FineTuning> job = Find(name).job;
  if (job == nullptr) return UnknownJob(name);
  job->Stop();
  absl::Status erased = parts_.store->Delete(name);
  if (!erased.ok()) return erased;
  job->MoveTo(FineTuneState::kCancelled, "");
  absl::MutexLock lock(&mu_);
  entries_.erase(name);
  return job->status();
}

void JobKeeper::RolledBack(const std::string& model) {
  for (const auto& [name, job] : Jobs()) {
    if (job->plan().spec.model != model) continue;
    const int64_t version = job->memory().watch.version;
    if (version != 0) job->RolledBack(version);
    Move(name, FineTuneState::kPaused, "an alias was moved back by hand")
        .IgnoreError();
  }
}

}  // namespace scoreserve
