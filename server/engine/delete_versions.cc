#include "server/engine/delete_versions.h"

#include <utility>

#include "absl/status/statusor.h"

namespace scoreserve {
namespace {

absl::StatusOr<VersionKeeper::Versions> VersionsOf(
    const ModelRepository& repository, const ModelTable& served,
    const std::string& model) {
  const absl::StatusOr<DesiredState> desired = repository.ReadDesired(model);
  if (!desired.ok()) return desired.status();
  const absl::StatusOr<std::vector<int64_t>> all = repository.Versions(model);
  if (!all.ok()) return all.status();
  VersionKeeper::Versions versions;
  versions.keep = desired->keep;
  for (const auto& [alias, version] : desired->aliases) {
    versions.named.insert(version);
  }
  const auto entry = served.find(model);
  if (entry != served.end()) {
    for (const auto& [alias, version] : entry->second.aliases) {
      versions.named.insert(version);
    }
    if (!entry->second.versions.empty()) {
      versions.named.insert(entry->second.versions.rbegin()->first);
    }
  }
  for (const int64_t version : *all) {
    versions.all.insert(version);
    if (repository.Has(model, version, kFineTuneFile)) {
      versions.published.insert(version);
    }
  }
  return versions;
}

}  // namespace

std::vector<DeletedVersion> DeleteExpiredVersions(
    const ModelRepository& repository, const ModelTable& served,
    VersionKeeper& keeper, Instant now) {
  std::vector<DeletedVersion> deleted;
  const absl::StatusOr<std::vector<std::string>> models = repository.Models();
  if (!models.ok()) return deleted;
  for (const std::string& model : *models) {
    const absl::StatusOr<VersionKeeper::Versions> versions =
        VersionsOf(repository, served, model);
    if (!versions.ok()) continue;
    for (const int64_t version : keeper.Expired(model, *versions, now)) {
      absl::Status status = repository.Delete(model, version);
      if (absl::IsNotFound(status) || absl::IsFailedPrecondition(status)) {
        continue;
      }
      deleted.push_back({model, version, std::move(status)});
    }
  }
  return deleted;
}

}  // namespace scoreserve
