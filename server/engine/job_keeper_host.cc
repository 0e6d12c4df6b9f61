// The part of JobKeeper that does what jobs ask for.

#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/engine/fine_tune_parts.h"
#include "server/engine/job_keeper.h"

namespace scoreserve {

absl::StatusOr<std::shared_ptr<const ModelSnapshot>> JobKeeper::InService(
    const std::string& model, const std::string& alias) const {
  return parts_.registry->Find({.name = model, .version = {}, .alias = alias});
}

absl::StatusOr<std::shared_ptr<const ModelSnapshot>> JobKeeper::Version(
    const std::string& model, int64_t version) const {
  return parts_.registry->Find(
      {.name = model, .version = version, .alias = {}});
}

void JobKeeper::Save(std::shared_ptr<FineTuning> job,
                     FineTuneCheckpoint checkpoint) {
  // A function has to be copyable; a checkpoint should not be copied.
  auto kept = std::make_shared<FineTuneCheckpoint>(std::move(checkpoint));
  parts_.worker->Post([this, job = std::move(job), kept = std::move(kept)] {
    SaveNow(*job, std::move(*kept));
    Offer(job);
  });
}

void JobKeeper::Publish(std::shared_ptr<FineTuning> job, NamedArrays weights,
                        const FineTuneComparison& comparison) {
  auto files = std::make_shared<ModelFiles>(
      ModelFiles{.config = job->plan().config, .arrays = std::move(weights)});
  parts_.worker->Post([this, job = std::move(job), files, comparison] {
    const absl::StatusOr<PublishedVersion> published =
        PublishNow(*job, std::move(*files), comparison);
    if (published.ok()) {
      parts_.log(absl::StrCat(job->name(), " published ",
                              job->plan().spec.model, "@", published->version));
    }
    job->Published(published);
    RememberNow(*job);
    Changed(*job);
    Offer(job);
  });
}

void JobKeeper::RollBack(std::shared_ptr<FineTuning> job, int64_t from,
                         int64_t to) {
  parts_.worker->Post([this, job = std::move(job), from, to] {
    const FineTuneSpec& spec = job->plan().spec;
    const absl::Status moved =
        publisher_.Move(spec.model, spec.alias, from, to);
    parts_.warn(absl::StrCat(job->name(), ": ", job->status().note,
                             moved.ok() ? "" : "; but ",
                             moved.ok() ? "" : std::string(moved.message())));
    job->RolledBack(from);
    RememberNow(*job);
    Changed(*job);
  });
}

void JobKeeper::Remember(std::shared_ptr<FineTuning> job) {
  parts_.worker->Post([this, job = std::move(job)] { RememberNow(*job); });
}

void JobKeeper::SaveNow(FineTuning& job, FineTuneCheckpoint checkpoint) {
  const StoredCheckpoint stored = ToStored(std::move(checkpoint));
  const absl::Status saved = parts_.store->SaveCheckpoint(job.name(), stored);
  if (!saved.ok() && !absl::IsNotFound(saved))
    parts_.warn(absl::StrCat(job.name(), ": ", saved.message()));
  job.Saved(stored.step, saved);
  Changed(job);
}

void JobKeeper::RememberNow(FineTuning& job) {
  const absl::Status kept =
      parts_.store->SetStatus(job.name(), MemoryText(job.memory()));
  // One that was deleted meanwhile has nothing to remember.
  if (!kept.ok() && !absl::IsNotFound(kept)) job.StorageFailed(kept);
}

absl::StatusOr<PublishedVersion> JobKeeper::PublishNow(
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
  const absl::Status kept =
      parts_.store->SetStatus(job.name(), MemoryText(memory));
  const absl::Status moved =
      kept.ok() ? publisher_.Move(spec.model, spec.alias,
                                  comparison.reference_version, *version)
                : kept;
  if (moved.ok()) return published;
  // Where the disk failed within the move, the alias may point at it.
  if (!kept.ok() || absl::IsAborted(moved))
    parts_.repository->Delete(spec.model, *version).IgnoreError();
  return moved;
}

void JobKeeper::FinishPublishing(FineTuning::Parts& parts) {
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
  parts_.warn(absl::StrCat(parts.name, ": version ", watch.version,
                           " was not published: ", moved.message()));
  watch = {};
  parts.memory.status.published.pop_back();
}

}  // namespace scoreserve
