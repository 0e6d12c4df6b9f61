#include "server/service/model_update.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "models/status.h"

namespace scoreserve {
namespace {

// OK where `version` can be served: it is loaded, and still on the disk.
absl::Status CheckServable(const Backend& backend, const std::string& model,
                           int64_t version) {
  const std::shared_ptr<const ModelTable> table = backend.registry->table();
  const auto entry = table->find(model);
  if (entry != table->end()) {
    const auto refused = entry->second.refused.find(version);
    if (refused != entry->second.refused.end()) {
      const std::string message =
          absl::StrCat("version ", version, " of model '", model,
                       "' cannot be served: ", refused->second);
      if (entry->second.unplaced.contains(version))
        return Overloaded(message, absl::InfiniteDuration());
      return WithReason(absl::FailedPreconditionError(message),
                        Reason::kCorruptModel);
    }
    if (entry->second.versions.contains(version) &&
        backend.repository->Has(model, version, "config.json")) {
      return absl::OkStatus();
    }
  }
  return backend.registry
      ->Find({.name = model, .version = version, .alias = {}})
      .status();
}

// The version that requests for `alias` got so far; 0: none.
int64_t Before(const Backend& backend, const std::string& model,
               const std::string& alias, const DesiredState& desired) {
  const auto found = desired.aliases.find(alias);
  if (found != desired.aliases.end()) return found->second;
  if (alias != "stable") return 0;
  const std::shared_ptr<const ModelTable> table = backend.registry->table();
  const auto entry = table->find(model);
  return entry == table->end() || entry->second.versions.empty()
             ? 0
             : entry->second.versions.rbegin()->first;
}

absl::Status Apply(const Backend& backend,
                   const v1::UpdateModelRequest& request, DesiredState& desired,
                   bool& rolled_back) {
  for (const auto& [alias, version] : request.set_aliases()) {
    absl::Status servable = CheckServable(backend, request.name(), version);
    if (!servable.ok()) return servable;
    rolled_back |= version < Before(backend, request.name(), alias, desired);
    desired.aliases[alias] = version;
  }
  for (const std::string& alias : request.clear_aliases()) {
    desired.aliases.erase(alias);
  }
  if (request.has_canary_share()) desired.canary_share = request.canary_share();
  if (request.has_keep()) desired.keep = request.keep();
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckUpdate(const v1::UpdateModelRequest& request) {
  absl::Status status = CheckModelName("name", request.name());
  for (const auto& [alias, version] : request.set_aliases()) {
    status.Update(CheckModelName("set_aliases", alias));
    if (version < 1) {
      status.Update(InvalidField("set_aliases", "versions of at least 1",
                                 absl::StrCat(version)));
    }
  }
  for (const std::string& alias : request.clear_aliases()) {
    status.Update(CheckModelName("clear_aliases", alias));
    if (request.set_aliases().contains(alias)) {
      status.Update(InvalidField("clear_aliases", "others than set_aliases",
                                 absl::StrCat("'", alias, "'")));
    }
  }
  // Not of a NaN either.
  if (request.has_canary_share() &&
      !(request.canary_share() >= 0.0 && request.canary_share() <= 1.0)) {
    status.Update(InvalidField("canary_share", "between 0 and 1",
                               absl::StrCat(request.canary_share())));
  }
  if (request.has_keep() && request.keep() < 1) {
    status.Update(
        InvalidField("keep", "at least 1", absl::StrCat(request.keep())));
  }
  return status;
}

absl::Status UpdateModel(const Backend& backend,
                         const v1::UpdateModelRequest& request) {
  // What was written a moment ago counts too.
  absl::Status refreshed = backend.registry->Refresh(request.name());
  if (!refreshed.ok()) return refreshed;
  bool rolled_back = false;
  const absl::StatusOr<DesiredState> updated =
      backend.repository->UpdateDesired(
          request.name(),
          request.has_expected_generation()
              ? std::optional<int64_t>(request.expected_generation())
              : std::nullopt,
          [&](DesiredState& desired) {
            return Apply(backend, request, desired, rolled_back);
          });
  if (!updated.ok()) return updated.status();
  if (rolled_back && backend.rolled_back != nullptr)
    backend.rolled_back(request.name());
  return backend.registry->Refresh(request.name());
}

}  // namespace scoreserve
