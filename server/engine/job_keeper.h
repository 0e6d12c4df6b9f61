#ifndef SCORESERVE_SERVER_ENGINE_JOB_KEEPER_H_
#define SCORESERVE_SERVER_ENGINE_JOB_KEEPER_H_

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "server/engine/example_intake.h"
#include "server/engine/fine_tune.h"
#include "server/engine/fine_tunes.h"
#include "server/engine/fine_tuning.h"
#include "server/engine/job_store.h"
#include "server/engine/version_publisher.h"

namespace scoreserve {

// The jobs of a server by name, and what they have done by others: what is
// remembered of them, their checkpoints, the versions that they publish.
// Lookups, StopAll() and FineTuneHost are thread-safe; the rest waits for the
// disk and is the worker's alone.
class JobKeeper final : public FineTuneHost {
 public:
  struct Entry {
    std::shared_ptr<FineTuning> job;  // Null: there is none of that name.
    std::shared_ptr<ExampleStream> stream;
  };
  using JobMap = std::map<std::string, std::shared_ptr<FineTuning>>;

  // `changed` is called with the name of a job that changed, from any thread,
  // and must not block.
  JobKeeper(const FineTunes::Parts& parts,
            std::function<void(const std::string& name)> changed)
      : parts_(parts),
        changed_(std::move(changed)),
        publisher_(parts.repository, parts.registry) {}

  Entry Find(const std::string& name) const ABSL_LOCKS_EXCLUDED(mu_);
  JobMap Jobs() const ABSL_LOCKS_EXCLUDED(mu_);
  // Has the engine run its pieces.
  void Offer(const std::shared_ptr<FineTuning>& job);

  // Takes up what the store has. Before the worker has anything to do with it.
  absl::Status Load();
  // Ends the pieces, and has the worker keep a last checkpoint of each job.
  void StopAll();

  absl::StatusOr<FineTuneStatus> Create(const std::string& name,
                                        const FineTuneSpec& spec);
  absl::StatusOr<FineTuneStatus> Move(const std::string& name,
                                      FineTuneState state,
                                      const std::string& note);
  absl::StatusOr<FineTuneStatus> Delete(const std::string& name)
      ABSL_LOCKS_EXCLUDED(mu_);
  void RolledBack(const std::string& model);

  absl::StatusOr<std::shared_ptr<const ModelSnapshot>> InService(
      const std::string& model, const std::string& alias) const override;
  absl::StatusOr<std::shared_ptr<const ModelSnapshot>> Version(
      const std::string& model, int64_t version) const override;
  void Save(std::shared_ptr<FineTuning> job,
            FineTuneCheckpoint checkpoint) override;
  void Publish(std::shared_ptr<FineTuning> job, NamedArrays weights,
               const FineTuneComparison& comparison) override;
  void RollBack(std::shared_ptr<FineTuning> job, int64_t from,
                int64_t to) override;
  void Remember(std::shared_ptr<FineTuning> job) override;
  void Changed(const FineTuning& job) override { changed_(job.name()); }

 private:
  std::shared_ptr<FineTuning> Add(FineTuning::Parts parts, ExampleStream stream)
      ABSL_LOCKS_EXCLUDED(mu_);
  void LoadJob(const StoredJob& stored);
  // Makes up for what a kill may have left undone in PublishNow().
  void FinishPublishing(FineTuning::Parts& parts);

  void SaveNow(FineTuning& job, FineTuneCheckpoint checkpoint);
  void RememberNow(FineTuning& job);
  absl::StatusOr<PublishedVersion> PublishNow(
      const FineTuning& job, ModelFiles files,
      const FineTuneComparison& comparison);

  const FineTunes::Parts parts_;
  const std::function<void(const std::string& name)> changed_;
  const VersionPublisher publisher_;
  mutable absl::Mutex mu_;
  std::map<std::string, Entry> entries_ ABSL_GUARDED_BY(mu_);
  size_t next_place_ ABSL_GUARDED_BY(mu_) = 0;
};

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_ENGINE_JOB_KEEPER_H_
