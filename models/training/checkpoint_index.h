// checkpoint.json of a checkpoint_folder.h, as text.

#ifndef SCORESERVE_MODELS_TRAINING_CHECKPOINT_INDEX_H_
#define SCORESERVE_MODELS_TRAINING_CHECKPOINT_INDEX_H_

#include <cstdint>
#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "models/io/manifest.h"
#include "models/training/run_identity.h"
#include "models/training/training_record.h"

namespace scoreserve {

struct CheckpointIndex {
  struct Seed {
    std::string file;     // That holds its trainer's state.
    ManifestEntry entry;  // Of that file.
    TrainingRecord record;
  };

  RunIdentity run;
  std::string numerics;  // As ProcessorNumerics(), where it was saved.
  std::map<uint64_t, Seed> seeds;  // Those that have begun.
};

// One line of JSON with a SHA-256 of itself:
//
//   {"run": {"identity": {text: text, …}, "numerics": text,
//            "seeds": {"1": {"file": text, "record": {…}, "sha256": text,
//                            "size": n}, …}}, "sha256": text}
std::string SerializeCheckpointIndex(const CheckpointIndex& index);

// The same value, every bit of it. INVALID_ARGUMENT saying what is wrong with a
// text that SerializeCheckpointIndex() did not make.
absl::StatusOr<CheckpointIndex> ParseCheckpointIndex(absl::string_view text);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_TRAINING_CHECKPOINT_INDEX_H_
