// The part of ModelRegistry that makes a snapshot of a version's files.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <iterator>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "models/networks/placement.h"
#include "models/networks/precision.h"
#include "models/networks/score_network.h"
#include "server/engine/device.h"
#include "server/engine/model_memory.h"
#include "server/engine/model_registry.h"
#include "server/engine/warm_up.h"

namespace scoreserve {
namespace {

// ModelSnapshot::form.
std::string FormOf(const ModelFiles& files, int64_t max_batch_rows,
                   const std::string& precision) {
  ModelConfig config = files.config;
  config.description.clear();
  config.provenance.clear();
  std::string form =
      absl::StrCat(ModelConfigToJson(config), max_batch_rows, precision);
  for (const auto& [name, array] : files.arrays) {
    absl::StrAppend(&form, "\n", name, ": ", absl::StrJoin(array.shape, ", "));
  }
  return form;
}

// A version of that form of which `holds` is true; null where there is none.
const ModelSnapshot* OfForm(
    const std::string& form, const ModelEntry* known, const ModelEntry& entry,
    absl::FunctionRef<bool(const ModelSnapshot&)> holds) {
  for (const ModelEntry* in : {&entry, known}) {
    if (in == nullptr) continue;
    for (const auto& [version, snapshot] : in->versions) {
      if (snapshot->form == form && holds(*snapshot)) return snapshot.get();
    }
  }
  return nullptr;
}

// The device of the version before `version`, else of the highest.
std::optional<size_t> DeviceBefore(int64_t version, const ModelEntry* known,
                                   const ModelEntry& entry) {
  for (const ModelEntry* in : {&entry, known}) {
    if (in == nullptr || in->versions.empty()) continue;
    const auto next = in->versions.lower_bound(version);
    return next == in->versions.begin() ? in->versions.rbegin()->second->device
                                        : std::prev(next)->second->device;
  }
  return std::nullopt;
}

// A version is immutable: what was wrong with its files stays wrong. Anything
// else, an I/O error, may pass.
bool StaysBad(const absl::Status& status) {
  return absl::IsFailedPrecondition(status) || absl::IsInvalidArgument(status);
}

}  // namespace

void ModelRegistry::Load(const std::string& name, int64_t version,
                         const LoadSettings& settings, const ModelEntry* known,
                         ModelEntry& entry) {
  absl::StatusOr<std::shared_ptr<ModelSnapshot>> read =
      Read(name, version, settings);
  if (!read.ok()) {
    if (StaysBad(read.status()))
      entry.refused.emplace(version, std::string(read.status().message()));
    return;
  }
  ModelSnapshot& snapshot = **read;
  int64_t bytes = settings.memory.value_or(0);
  if (!settings.memory.has_value()) {
    const ModelSnapshot* like = OfForm(
        snapshot.form, known, entry,
        [](const ModelSnapshot& other) { return other.estimated_bytes > 0; });
    bytes = snapshot.estimated_bytes =
        like != nullptr ? like->estimated_bytes
                        : ModelBytes(*snapshot.network, snapshot.config,
                                     snapshot.max_batch_rows, Lanes());
  }
  const absl::Status placed =
      Place(bytes, DeviceBefore(version, known, entry), snapshot);
  if (!placed.ok()) {
    entry.refused.emplace(version, std::string(placed.message()));
    entry.unplaced.emplace(version,
                           Unplaced{.bytes = bytes, .settings = settings});
    return;
  }
  const absl::Status rounded = Round(settings.precision, snapshot);
  if (!rounded.ok()) {
    entry.refused.emplace(version, std::string(rounded.message()));
    entry.unplaced.emplace(
        version, Unplaced{.bytes = std::numeric_limits<int64_t>::max(),
                          .settings = settings});
    return;
  }
  const ModelSnapshot* like =
      OfForm(snapshot.form, known, entry, [&](const ModelSnapshot& other) {
        return other.device == snapshot.device;
      });
  if (like != nullptr) snapshot.rates = like->rates;
  const at::Device device = options_.devices[snapshot.device].device;
  // Elsewhere than on a processor each version has its own to capture.
  if (like == nullptr || !device.is_cpu()) {
    if (options_.warm_up != nullptr) {
      options_.warm_up(*read);
    } else {
      WarmUp(snapshot, *NewDevice(device, options_.threads));
    }
  }
  entry.versions.emplace(version, *std::move(read));
}

int ModelRegistry::Lanes() const {
  // Where passes overlap each loop has two (lane.h).
  const bool overlap = std::any_of(
      options_.devices.begin(), options_.devices.end(),
      [](const DeviceBudget& budget) { return !budget.device.is_cpu(); });
  return overlap ? 2 * options_.instances : options_.instances;
}

absl::StatusOr<std::shared_ptr<ModelSnapshot>> ModelRegistry::Read(
    const std::string& name, int64_t version,
    const LoadSettings& settings) const {
  absl::StatusOr<ModelFiles> files = repository_.Read(name, version);
  if (!files.ok()) return files.status();
  absl::StatusOr<std::unique_ptr<ScoreNetwork>> network =
      LoadNetwork(files->config, files->arrays);
  if (!network.ok()) return network.status();
  absl::StatusOr<SamplerTarget> target =
      TargetOf(files->config, (*network)->has_energy());
  if (!target.ok()) return target.status();
  auto snapshot = std::make_shared<ModelSnapshot>();
  snapshot->name = name;
  snapshot->version = version;
  snapshot->max_batch_rows = options_.max_batch_rows.value_or(
      settings.max_batch_rows.value_or(options_.default_max_batch_rows));
  snapshot->form = FormOf(*files, snapshot->max_batch_rows, settings.precision);
  snapshot->config = std::move(files->config);
  for (const auto& [weight, array] : files->arrays) {
    snapshot->num_parameters += static_cast<int64_t>(array.values.size());
  }
  snapshot->network = *std::move(network);
  snapshot->target = *std::move(target);
  return snapshot;
}

absl::Status ModelRegistry::Place(int64_t bytes,
                                  std::optional<size_t> preferred,
                                  ModelSnapshot& snapshot) {
  absl::StatusOr<MemoryHold> hold = memory_.Place(bytes, preferred);
  if (!hold.ok()) return hold.status();
  snapshot.device = hold->device();
  snapshot.memory = *std::move(hold);
  return MoveTo(options_.devices[snapshot.device].device, *snapshot.network);
}

absl::Status ModelRegistry::Round(const std::string& precision,
                                  ModelSnapshot& snapshot) const {
  if (precision.empty()) return absl::OkStatus();
  const absl::StatusOr<Precision> named =
      PrecisionNamed("precision", precision);
  if (!named.ok()) return named.status();
  const at::Device device = options_.devices[snapshot.device].device;
  const ScoreNetwork& exact = *snapshot.network;
  auto rounded = InPrecision(std::move(snapshot.network), *named, device);
  if (!rounded.ok()) return rounded.status();
  snapshot.network = *std::move(rounded);
  snapshot.precision = *named;
  if (*named == Precision::kFp32) return absl::OkStatus();
  snapshot.unrounded = &exact;
  try {
    snapshot.precision_error =
        LargestError(exact, *snapshot.network, snapshot.config.label, device);
  } catch (const std::exception& error) {
    // What LibTorch throws: out of memory, mostly.
    return absl::ResourceExhaustedError(
        absl::StrCat("its precision could not be tried: ", error.what()));
  }
  return absl::OkStatus();
}

}  // namespace scoreserve
