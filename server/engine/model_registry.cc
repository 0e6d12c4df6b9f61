#include "server/engine/model_registry.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/synchronization/mutex.h"
#include "models/status.h"
#include "server/engine/canary.h"

namespace scoreserve {
namespace {

absl::Status NoVersion(const std::string& model, const std::string& wanted,
                       const ModelEntry& entry) {
  std::vector<int64_t> versions;
  for (const auto& [version, snapshot] : entry.versions)
    versions.push_back(version);
  return WithReason(
      absl::NotFoundError(absl::StrCat(
          "model '", model, "' has no ", wanted,
          "; there are versions: ", absl::StrJoin(versions, ", "))),
      Reason::kVersionNotFound);
}

void SetDesired(const DesiredState& desired, ModelEntry& entry) {
  entry.aliases = desired.aliases;
  entry.generation = desired.generation;
  entry.canary_share = desired.canary_share;
  entry.keep = desired.keep;
}

// What cannot be served takes nobody's place.
void KeepServedAliases(const ModelEntry& known, ModelEntry& entry) {
  for (auto& [alias, version] : entry.aliases) {
    const auto before = known.aliases.find(alias);
    if (!entry.versions.contains(version) && before != known.aliases.end() &&
        entry.versions.contains(before->second)) {
      version = before->second;
    }
  }
}

}  // namespace

absl::Status ModelRegistry::Poll() {
  absl::MutexLock polling(&poll_mu_);
  const std::shared_ptr<const ModelTable> known = table();
  absl::StatusOr<std::vector<std::string>> names = repository_.Models();
  if (!names.ok()) return names.status();
  auto next = std::make_shared<ModelTable>();
  for (const std::string& name : *names) {
    const auto found = known->find(name);
    const ModelEntry* entry = found == known->end() ? nullptr : &found->second;
    absl::StatusOr<ModelEntry> polled = PollModel(name, entry);
    if (!polled.ok()) return polled.status();
    next->emplace(name, *std::move(polled));
  }
  Publish(std::move(next));
  return absl::OkStatus();
}

absl::Status ModelRegistry::Refresh(const std::string& model) {
  absl::MutexLock polling(&poll_mu_);
  auto next = std::make_shared<ModelTable>(*table());
  const auto found = next->find(model);
  absl::StatusOr<ModelEntry> polled =
      PollModel(model, found == next->end() ? nullptr : &found->second);
  if (polled.ok()) {
    (*next)[model] = *std::move(polled);
  } else if (ReasonOf(polled.status()) == Reason::kModelNotFound) {
    next->erase(model);
  } else {
    return polled.status();
  }
  Publish(std::move(next));
  return polled.status();
}

void ModelRegistry::Publish(std::shared_ptr<const ModelTable> table) {
  absl::MutexLock lock(&mu_);
  table_.swap(table);
  // The old one goes with `table`, after the lock.
}

absl::StatusOr<ModelEntry> ModelRegistry::PollModel(const std::string& name,
                                                    const ModelEntry* known) {
  // Before the versions: what it names was there when it was written.
  const absl::StatusOr<DesiredState> desired = repository_.ReadDesired(name);
  const absl::StatusOr<std::vector<int64_t>> versions =
      repository_.Versions(name);
  if (!versions.ok()) return versions.status();
  ModelEntry entry;
  if (desired.ok()) {
    SetDesired(*desired, entry);
  } else if (known != nullptr) {
    entry = *known;  // A half-edited file changes nothing.
    entry.versions.clear();
    entry.refused.clear();
    entry.unplaced.clear();
  }
  LoadSettings settings;
  if (desired.ok()) {
    settings = {.max_batch_rows = desired->max_batch_rows,
                .memory = desired->memory};
  }
  for (const int64_t version : *versions) {
    if (known != nullptr) {
      const auto loaded = known->versions.find(version);
      if (loaded != known->versions.end()) {
        entry.versions.insert(*loaded);
        continue;
      }
      const auto refused = known->refused.find(version);
      const auto unplaced = known->unplaced.find(version);
      const bool again = unplaced != known->unplaced.end() && desired.ok() &&
                         (unplaced->second.settings != settings ||
                          memory_.CheckRoom(unplaced->second.bytes).ok());
      if (refused != known->refused.end() && !again) {
        entry.refused.insert(*refused);
        if (unplaced != known->unplaced.end()) entry.unplaced.insert(*unplaced);
        continue;
      }
    }
    Load(name, version, settings, known, entry);
  }
  if (known != nullptr) KeepServedAliases(*known, entry);
  return entry;
}

absl::StatusOr<std::shared_ptr<const ModelSnapshot>> ModelRegistry::Find(
    const ModelSelector& selector, absl::string_view caller) const {
  const std::shared_ptr<const ModelTable> models = table();
  const auto found = models->find(selector.name);
  if (found == models->end()) {
    return WithReason(absl::NotFoundError(absl::StrCat("there is no model '",
                                                       selector.name, "'")),
                      Reason::kModelNotFound);
  }
  const ModelEntry& entry = found->second;
  if (!selector.version.has_value() && !selector.alias.has_value() &&
      entry.canary_share > 0.0) {
    const auto canary = entry.aliases.find("canary");
    if (canary != entry.aliases.end() &&
        GetsCanary(selector.name, caller, entry.canary_share)) {
      const auto snapshot = entry.versions.find(canary->second);
      if (snapshot != entry.versions.end()) return snapshot->second;
    }
  }
  int64_t version = entry.versions.empty() ? 0 : entry.versions.rbegin()->first;
  if (selector.version.has_value()) {
    version = *selector.version;
  } else if (selector.alias.has_value() || entry.aliases.contains("stable")) {
    const std::string alias = selector.alias.value_or("stable");
    const auto target = entry.aliases.find(alias);
    if (target == entry.aliases.end()) {
      return NoVersion(selector.name, absl::StrCat("alias '", alias, "'"),
                       entry);
    }
    version = target->second;
  }
  const auto snapshot = entry.versions.find(version);
  if (snapshot == entry.versions.end()) {
    return NoVersion(selector.name, absl::StrCat("version ", version), entry);
  }
  return snapshot->second;
}

std::shared_ptr<const ModelTable> ModelRegistry::table() const {
  absl::MutexLock lock(&mu_);
  return table_;
}

}  // namespace scoreserve
