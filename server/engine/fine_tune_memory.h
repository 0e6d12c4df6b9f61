// What a job has to remember beside its weights and its rows, and all of it as
// text, as the job store keeps it.

#ifndef SCORESERVE_SERVER_ENGINE_FINE_TUNE_MEMORY_H_
#define SCORESERVE_SERVER_ENGINE_FINE_TUNE_MEMORY_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "models/training/gate.h"
#include "server/engine/fine_tune.h"

namespace scoreserve {

// What was published last is watched: on rows that arrive after it, it is
// compared with the version that was in service before.
struct PublishedWatch {
  int64_t version = 0;  // 0: nothing is watched.
  // Whether its alias has been moved to it: after a crash in between, it is.
  bool in_service = false;
  int64_t predecessor = 0;
  VersionWatch checks = {};
};

struct FineTuneMemory {
  FineTuneStatus status;
  PublishedWatch watch;
};

// Moves a job to another state, unless it has ended.
void SetState(FineTuneState state, const std::string& note,
              FineTuneStatus& status);

// Lists a version that the job published, and begins to watch it.
void AddPublished(const PublishedVersion& published, FineTuneMemory& memory);

// Without loss, as JSON, but for what is known otherwise: name, spec, the
// counts of rows.
std::string MemoryText(const FineTuneMemory& memory);
absl::StatusOr<FineTuneMemory> ParseMemory(absl::string_view text);

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_ENGINE_FINE_TUNE_MEMORY_H_
