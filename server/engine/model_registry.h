#ifndef SCORESERVE_SERVER_ENGINE_MODEL_REGISTRY_H_
#define SCORESERVE_SERVER_ENGINE_MODEL_REGISTRY_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "models/io/model_repository.h"
#include "server/engine/device_memory.h"
#include "server/engine/model_snapshot.h"

namespace scoreserve {

// Which version a caller wants: a version, or an alias, or neither.
struct ModelSelector {
  std::string name;
  std::optional<int64_t> version;
  std::optional<std::string> alias;
};

// What desired.json says of how a version is loaded.
struct LoadSettings {
  std::optional<int64_t> max_batch_rows, memory;
  std::string precision = {};

  bool operator==(const LoadSettings&) const = default;
};

// A version that no device had room for, or none that it was placed on can
// compute so: what it needed then, and by what.
struct Unplaced {
  int64_t bytes = 0;  // More than any has, where room is not what it lacks.
  LoadSettings settings;
};

// What the registry knows of one model.
struct ModelEntry {
  std::map<int64_t, std::shared_ptr<const ModelSnapshot>> versions;
  std::map<int64_t, std::string> refused;  // Version → why.
  // Those of `refused` that are tried again once there is room, or other
  // settings.
  std::map<int64_t, Unplaced> unplaced;
  // Of desired.json. An alias for a version that cannot be served stays where
  // it was, as long as that one is there.
  std::map<std::string, int64_t> aliases;
  int64_t generation = 0;
  double canary_share = 0.0;
  std::optional<int64_t> keep;
};
using ModelTable = std::map<std::string, ModelEntry>;

// The models in memory. Poll() finds what is new on disk and publishes it by a
// pointer swap; whoever holds a snapshot keeps it, and what it takes of its
// device. Thread-safe.
class ModelRegistry {
 public:
  struct Options {
    // Where weights are kept, and how much of them: the engine's devices, in
    // its order.
    std::vector<DeviceBudget> devices = {DeviceBudget()};
    int instances = 1;  // Loops over each, as the engine's.
    // Rows a pass carries where desired.json does not say.
    int64_t default_max_batch_rows = 1024;
    // Goes over desired.json.
    std::optional<int64_t> max_batch_rows = {};
    int threads = 1;  // Of a forward pass, as the engine's.
    // Seeds the rates of a snapshot that nobody uses yet, before it is
    // published; called by whoever polls, who waits for it. Empty: runs
    // WarmUp() on that thread.
    std::function<void(const std::shared_ptr<const ModelSnapshot>&)> warm_up =
        {};
  };

  ModelRegistry(ModelRepository repository, const Options& options)
      : repository_(std::move(repository)),
        options_(options),
        memory_(options.devices),
        table_(std::make_shared<const ModelTable>()) {}

  // Loads versions that appeared, forgets those that went, reads the desired
  // states. A bad version is kept as `refused` with its reason and harms no
  // other, and so is one that no device has room for (model_memory.h; `memory`
  // of desired.json goes over that), with the sizes: that one is tried again.
  // A version goes to the device of the one before it, or else to the least
  // loaded (device_memory.h). Those that requests get who name no version are
  // first, then the newest. A version is warmed up, unless one of the same form
  // is loaded there: then it shares its rates, and costs no more than the
  // reading. An error, and everything as it was, where the repository itself
  // cannot be read.
  absl::Status Poll() ABSL_LOCKS_EXCLUDED(poll_mu_, mu_);

  // The same for one model, now: for whoever has just changed it. Waits for a
  // poll that is under way, so not for threads that `warm_up` needs. NOT_FOUND,
  // MODEL_NOT_FOUND, where it is gone, and then it is forgotten.
  absl::Status Refresh(const std::string& model)
      ABSL_LOCKS_EXCLUDED(poll_mu_, mu_);

  // The version that `selector` means. Where neither version nor alias is
  // given: "canary" for a `caller` in the canary share (canary.h), else
  // "stable" where it is set, else the highest version. NOT_FOUND naming what
  // there is (MODEL_NOT_FOUND, VERSION_NOT_FOUND).
  absl::StatusOr<std::shared_ptr<const ModelSnapshot>> Find(
      const ModelSelector& selector, absl::string_view caller = "") const
      ABSL_LOCKS_EXCLUDED(mu_);

  // What is there now.
  std::shared_ptr<const ModelTable> table() const ABSL_LOCKS_EXCLUDED(mu_);

  const DeviceMemory& memory() const { return memory_; }

 private:
  // What is on the disk of one model.
  struct Scan {
    const ModelEntry* known = nullptr;  // What was known of it; null: nothing.
    ModelEntry entry = {};  // With those versions that were known already.
    LoadSettings settings = {};
    std::vector<int64_t> missing = {};  // To be loaded, ascending.
  };
  absl::StatusOr<Scan> ScanModel(const std::string& name,
                                 const ModelEntry* known) const;
  // Loads what is missing, what is served first.
  void LoadMissing(std::map<std::string, Scan>& scans);
  // Puts the version into `entry`, which is what has been found of the model so
  // far, or the reason why not; `known` is what was known of it.
  void Load(const std::string& name, int64_t version,
            const LoadSettings& settings, const ModelEntry* known,
            ModelEntry& entry);
  // That a version may have of a kind, over all loops of its device.
  int Lanes() const;
  // On the processor, with neither a place nor rates.
  absl::StatusOr<std::shared_ptr<ModelSnapshot>> Read(
      const std::string& name, int64_t version,
      const LoadSettings& settings) const;
  // Gives it a device and moves it there. RESOURCE_EXHAUSTED.
  absl::Status Place(int64_t bytes, std::optional<size_t> preferred,
                     ModelSnapshot& snapshot);
  // Where it lies: has it compute in that precision, and measures what that
  // costs. INVALID_ARGUMENT as InPrecision(); RESOURCE_EXHAUSTED.
  absl::Status Round(const std::string& precision,
                     ModelSnapshot& snapshot) const;
  void Publish(std::shared_ptr<const ModelTable> table)
      ABSL_LOCKS_EXCLUDED(mu_);

  const ModelRepository repository_;
  const Options options_;
  DeviceMemory memory_;
  absl::Mutex poll_mu_;  // One poll at a time.
  mutable absl::Mutex mu_;
  std::shared_ptr<const ModelTable> table_ ABSL_GUARDED_BY(mu_);
};

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_ENGINE_MODEL_REGISTRY_H_
