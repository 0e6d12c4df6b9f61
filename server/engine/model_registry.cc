#include "server/engine/model_registry.h"

#include <algorithm>
#include <cstdint>
#include <map>
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

// Whether requests get it that name no version, once all are loaded of which
// the highest is `highest`.
bool IsServed(int64_t version, int64_t highest, const ModelEntry& entry) {
  if (version == highest && !entry.aliases.contains("stable")) return true;
  return std::any_of(
      entry.aliases.begin(), entry.aliases.end(),
      [version](const auto& alias) { return alias.second == version; });
}

}  // namespace

absl::Status ModelRegistry::Poll() {
  absl::MutexLock polling(&poll_mu_);
  const std::shared_ptr<const ModelTable> known = table();
  absl::StatusOr<std::vector<std::string>> names = repository_.Models();
  if (!names.ok()) return names.status();
  std::map<std::string, Scan> scans;
  for (const std::string& name : *names) {
    const auto found = known->find(name);
    absl::StatusOr<Scan> scan =
        ScanModel(name, found == known->end() ? nullptr : &found->second);
    if (!scan.ok()) return scan.status();
    scans.emplace(name, *std::move(scan));
  }
  LoadMissing(scans);
  auto next = std::make_shared<ModelTable>();
  for (auto& [name, scan] : scans) next->emplace(name, std::move(scan.entry));
  Publish(std::move(next));
  return absl::OkStatus();
}

absl::Status ModelRegistry::Refresh(const std::string& model) {
  absl::MutexLock polling(&poll_mu_);
  const std::shared_ptr<const ModelTable> known = table();
  const auto found = known->find(model);
  absl::StatusOr<Scan> scan =
      ScanModel(model, found == known->end() ? nullptr : &found->second);
  auto next = std::make_shared<ModelTable>(*known);
  if (scan.ok()) {
    std::map<std::string, Scan> scans;
    Scan& of_model = scans[model] = *std::move(scan);
    LoadMissing(scans);
    (*next)[model] = std::move(of_model.entry);
  } else if (ReasonOf(scan.status()) == Reason::kModelNotFound) {
    next->erase(model);
  } else {
    return scan.status();
  }
  Publish(std::move(next));
  return scan.status();
}

void ModelRegistry::Publish(std::shared_ptr<const ModelTable> table) {
  absl::MutexLock lock(&mu_);
  table_.swap(table);
  // The old one goes with `table`, after the lock.
}

absl::StatusOr<ModelRegistry::Scan> ModelRegistry::ScanModel(
    const std::string& name, const ModelEntry* known) const {
  // Before the versions: what it names was there when it was written.
  const absl::StatusOr<DesiredState> desired = repository_.ReadDesired(name);
  const absl::StatusOr<std::vector<int64_t>> versions =
      repository_.Versions(name);
  if (!versions.ok()) return versions.status();
  Scan scan = {.known = known};
  ModelEntry& entry = scan.entry;
  if (desired.ok()) {
    SetDesired(*desired, entry);
    scan.settings = {.max_batch_rows = desired->max_batch_rows,
                     .memory = desired->memory,
                     .precision = desired->precision};
  } else if (known != nullptr) {
    entry = *known;  // A half-edited file changes nothing.
    entry.versions.clear();
    entry.refused.clear();
    entry.unplaced.clear();
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
                         (unplaced->second.settings != scan.settings ||
                          memory_.CheckRoom(unplaced->second.bytes).ok());
      if (refused != known->refused.end() && !again) {
        entry.refused.insert(*refused);
        if (unplaced != known->unplaced.end()) entry.unplaced.insert(*unplaced);
        continue;
      }
    }
    scan.missing.push_back(version);
  }
  return scan;
}

void ModelRegistry::LoadMissing(std::map<std::string, Scan>& scans) {
  for (const bool served : {true, false}) {
    for (auto& [name, scan] : scans) {
      const std::vector<int64_t>& missing = scan.missing;
      if (missing.empty()) continue;
      int64_t highest = missing.back();
      if (!scan.entry.versions.empty())
        highest = std::max(highest, scan.entry.versions.rbegin()->first);
      for (auto version = missing.rbegin(); version != missing.rend();
           ++version) {
        if (IsServed(*version, highest, scan.entry) == served)
          Load(name, *version, scan.settings, scan.known, scan.entry);
      }
    }
  }
  for (auto& [name, scan] : scans) {
    if (scan.known != nullptr) KeepServedAliases(*scan.known, scan.entry);
  }
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
