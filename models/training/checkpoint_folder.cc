#include "models/training/checkpoint_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <set>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "models/io/files.h"
#include "models/io/safetensors.h"
#include "models/status.h"
#include "models/training/numerics.h"

namespace scoreserve {
namespace {

namespace fs = std::filesystem;

constexpr char kIndex[] = "checkpoint.json";
constexpr int64_t kMaxIndexBytes = int64_t{1} << 20;
constexpr int64_t kMaxStateBytes = int64_t{1} << 35;

absl::Status Damaged(const std::string& path, const absl::Status& why) {
  return WithReason(absl::InvalidArgumentError(absl::StrCat(
                        path, ": the checkpoint is damaged: ", why.message(),
                        " (delete its folder to begin anew)")),
                    Reason::kCorruptModel);
}

// "seed-1-step-120.safetensors", with ".tmp" where a writer was killed; of any
// seed where that is "".
bool IsState(absl::string_view name, const std::string& seed) {
  return absl::StartsWith(name,
                          seed.empty() ? "seed-" : "seed-" + seed + "-step-") &&
         absl::StrContains(name, "-step-") &&
         (absl::EndsWith(name, ".safetensors") ||
          absl::EndsWith(name, ".safetensors.tmp"));
}

}  // namespace

absl::StatusOr<CheckpointFolder> CheckpointFolder::Open(
    const std::string& folder, const RunIdentity& run) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return FileError(error.value(), "cannot create", folder);
  const int lock = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (lock < 0) return FileError(errno, "cannot open", folder);
  CheckpointFolder checkpoint(folder, lock);
  // Some file systems have no locks; there it is the caller's care.
  if (::flock(lock, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    return InvalidField("checkpoint", "a folder that no other process uses",
                        folder);
  }
  const std::string path = checkpoint.Path(kIndex);
  const absl::StatusOr<std::string> text = ReadFile(path, kMaxIndexBytes);
  if (absl::IsNotFound(text.status())) {
    checkpoint.index_.run = run;
    checkpoint.index_.numerics = ProcessorNumerics();
    return checkpoint;
  }
  if (!text.ok()) return text.status();
  absl::StatusOr<CheckpointIndex> index = ParseCheckpointIndex(*text);
  if (!index.ok()) return Damaged(path, index.status());
  absl::Status same =
      CheckSameRun(index->run, run, absl::StrCat("the checkpoint in ", folder));
  if (!same.ok()) return same;
  checkpoint.index_ = *std::move(index);
  return checkpoint;
}

CheckpointFolder::~CheckpointFolder() {
  if (lock_ >= 0) ::close(lock_);
}

std::optional<TrainingRecord> CheckpointFolder::Record(uint64_t seed) const {
  const auto found = index_.seeds.find(seed);
  if (found == index_.seeds.end()) return std::nullopt;
  return found->second.record;
}

absl::StatusOr<TrainerState> CheckpointFolder::ReadState(uint64_t seed) const {
  const CheckpointIndex::Seed& saved = index_.seeds.at(seed);
  const std::string path = Path(saved.file);
  const absl::StatusOr<std::string> bytes = ReadFile(path, kMaxStateBytes);
  if (!bytes.ok()) return Damaged(path, bytes.status());
  if (absl::Status same = CheckContents(saved.entry, *bytes); !same.ok()) {
    return Damaged(path, same);
  }
  absl::StatusOr<NamedArrays> arrays = ParseSafetensors(*bytes);
  if (!arrays.ok()) return Damaged(path, arrays.status());
  absl::StatusOr<TrainerState> state = StateFromArrays(*std::move(arrays));
  if (!state.ok()) return Damaged(path, state.status());
  return state;
}

absl::Status CheckpointFolder::Save(uint64_t seed, const TrainerState& state,
                                    const TrainingRecord& record) {
  const std::string bytes = SerializeSafetensors(StateToArrays(state));
  CheckpointIndex next = index_;
  next.numerics = ProcessorNumerics();
  CheckpointIndex::Seed& saved = next.seeds[seed];
  saved = {.file = absl::StrCat("seed-", seed, "-step-", state.steps_done,
                                ".safetensors"),
           .entry = EntryFor(bytes),
           .record = record};
  // Over one of the same name: then the bytes are the same.
  absl::Status written = ReplaceFileSynced(Path(saved.file), bytes);
  if (!written.ok()) return written;
  written = ReplaceFileSynced(Path(kIndex), SerializeCheckpointIndex(next));
  if (!written.ok()) return written;
  index_ = std::move(next);
  return DeleteStates(absl::StrCat(seed));
}

absl::Status CheckpointFolder::Delete() {
  // First: without an index there is no checkpoint.
  std::error_code error;
  fs::remove(Path(kIndex), error);
  if (error) return FileError(error.value(), "cannot delete", Path(kIndex));
  fs::remove(Path(absl::StrCat(kIndex, ".tmp")), error);
  index_.seeds.clear();
  absl::Status deleted = DeleteStates("");
  if (!deleted.ok()) return deleted;
  fs::remove(folder_, error);  // Stays if others have put something there.
  return absl::OkStatus();
}

absl::Status CheckpointFolder::DeleteStates(const std::string& seed) const {
  std::set<std::string> named;
  for (const auto& [unused, saved] : index_.seeds) named.insert(saved.file);
  std::error_code error;
  std::vector<fs::path> old;
  for (fs::directory_iterator entry(folder_, error), end;
       !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (IsState(name, seed) && !named.contains(name)) {
      old.push_back(entry->path());
    }
  }
  for (const fs::path& path : old) {
    if (!error) fs::remove(path, error);
  }
  if (error) return FileError(error.value(), "cannot delete from", folder_);
  return absl::OkStatus();
}

std::string CheckpointFolder::Path(const std::string& name) const {
  return (fs::path(folder_) / name).string();
}

}  // namespace scoreserve
