// A run of training on disk, so that it can be stopped at any moment and go on:
//
//   <folder>/checkpoint.json                    what run, and where it is at
//   <folder>/seed-1-step-120.safetensors        a trainer's state; one a seed
//
// checkpoint.json names the other files with their SHA-256 and is replaced
// whole, last, so a kill at any moment leaves the checkpoint before or the new
// one.

#ifndef SCORESERVE_MODELS_TRAINING_CHECKPOINT_FOLDER_H_
#define SCORESERVE_MODELS_TRAINING_CHECKPOINT_FOLDER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "models/training/checkpoint_index.h"
#include "models/training/run_identity.h"
#include "models/training/trainer_state.h"
#include "models/training/training_record.h"

namespace scoreserve {

// The folder of one run, which may train several seeds. Locked for as long as
// this object lives. Not thread-safe.
class CheckpointFolder {
 public:
  // Makes the folder if need be, and reads where the run is at.
  // INVALID_ARGUMENT where it holds a checkpoint of a run that is not `run`
  // (the message says what differs), or a damaged one (then with reason
  // CORRUPT_MODEL), or where another process uses it; the folder is then left
  // as it was. Other codes of files.h.
  static absl::StatusOr<CheckpointFolder> Open(const std::string& folder,
                                               const RunIdentity& run);

  CheckpointFolder(CheckpointFolder&& other) noexcept
      : folder_(std::move(other.folder_)),
        lock_(std::exchange(other.lock_, -1)),
        index_(std::move(other.index_)) {}
  CheckpointFolder& operator=(CheckpointFolder&&) = delete;
  ~CheckpointFolder();

  const std::string& folder() const { return folder_; }

  // As ProcessorNumerics(), where the checkpoint was saved last; of here where
  // there is none. Where it is another text than here, the run goes on, but its
  // last bits are not those of one that never stopped.
  const std::string& numerics() const { return index_.numerics; }

  // The record of the seed when it was last saved; absent if it never was.
  std::optional<TrainingRecord> Record(uint64_t seed) const;

  // Its trainer's state. INVALID_ARGUMENT, CORRUPT_MODEL, naming the file,
  // where that is damaged or missing. Requires a Record().
  absl::StatusOr<TrainerState> ReadState(uint64_t seed) const;

  // Replaces what is kept of the seed. On the disk when it returns.
  absl::Status Save(uint64_t seed, const TrainerState& state,
                    const TrainingRecord& record);

  // Deletes the checkpoint, and the folder if it holds nothing else.
  absl::Status Delete();

 private:
  CheckpointFolder(std::string folder, int lock)
      : folder_(std::move(folder)), lock_(lock) {}

  // Deletes states of the seed (of all: "") that the index does not name.
  absl::Status DeleteStates(const std::string& seed) const;
  std::string Path(const std::string& name) const;

  std::string folder_;
  int lock_;  // A descriptor; -1 where it has been moved from.
  CheckpointIndex index_;
};

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_TRAINING_CHECKPOINT_FOLDER_H_
