#include "server/engine/version_publisher.h"

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "models/io/json_text.h"
#include "models/status.h"
#include "server/engine/version_keeper.h"

namespace scoreserve {

absl::Status VersionPublisher::Pin(const std::string& model,
                                   const std::string& alias,
                                   int64_t version) const {
  const absl::StatusOr<DesiredState> now = repository_->ReadDesired(model);
  if (!now.ok()) return now.status();
  if (now->aliases.contains(alias)) return absl::OkStatus();
  absl::Status pinned =
      repository_
          ->UpdateDesired(model, std::nullopt,
                          [&](DesiredState& desired) {
                            desired.aliases.try_emplace(alias, version);
                            return absl::OkStatus();
                          })
          .status();
  return pinned.ok() ? registry_->Refresh(model) : pinned;
}

absl::StatusOr<int64_t> VersionPublisher::Write(
    const std::string& job, const std::string& model, ModelFiles files,
    const FineTuneComparison& comparison) const {
  const absl::StatusOr<std::shared_ptr<const ModelSnapshot>> like =
      registry_->Find({.name = model,
                       .version = comparison.reference_version,
                       .alias = {}});
  if (like.ok()) {
    absl::Status room = registry_->memory().CheckRoom((*like)->memory.bytes());
    if (!room.ok()) return room;
  }
  std::map<std::string, std::string>& provenance = files.config.provenance;
  provenance["fine_tune"] = job;
  provenance["fine_tune_step"] = absl::StrCat(comparison.step);
  provenance["fine_tune_improvement"] = absl::StrFormat(
      "%.6g ± %.2g on %d held-out rows over version %d", comparison.improvement,
      comparison.standard_error, comparison.rows, comparison.reference_version);
  const std::string text = JsonText(Json{JsonObject{
      {"job", Json{job}},
      {"step", Json{comparison.step}},
      {"rows", Json{comparison.rows}},
      {"improvement", Json{comparison.improvement}},
      {"standard_error", Json{comparison.standard_error}},
      {"reference_version", Json{comparison.reference_version}},
  }});
  return repository_->Write(model, files, {{kFineTuneFile, text}});
}

absl::Status VersionPublisher::Move(const std::string& model,
                                    const std::string& alias, int64_t from,
                                    int64_t to) const {
  absl::Status moved =
      repository_
          ->UpdateDesired(
              model, std::nullopt,
              [&](DesiredState& desired) {
                int64_t& version = desired.aliases[alias];
                if (version != from && version != to) {
                  return WithReason(
                      absl::AbortedError(absl::StrCat(
                          "alias '", alias, "' of model '", model,
                          "' was moved to version ", version, " meanwhile")),
                      Reason::kGenerationChanged);
                }
                version = to;
                return absl::OkStatus();
              })
          .status();
  // What cannot be read now is found by the next poll.
  if (moved.ok()) registry_->Refresh(model).IgnoreError();
  return moved;
}

}  // namespace scoreserve
