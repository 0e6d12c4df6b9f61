#include "models/io/model_repository.h"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "models/io/files.h"
#include "models/io/inside_root.h"
#include "models/io/manifest.h"
#include "models/io/model_config.h"
#include "models/io/publish.h"
#include "models/io/safetensors.h"
#include "models/status.h"

namespace scoreserve {
namespace {

namespace fs = std::filesystem;

constexpr char kConfigName[] = "config.json";
constexpr char kWeightsName[] = "model.safetensors";
constexpr char kDesiredName[] = "desired.json";

absl::Status CorruptModel(const absl::Status& status) {
  return WithReason(absl::FailedPreconditionError(status.message()),
                    Reason::kCorruptModel);
}

absl::StatusOr<std::string> ReadInside(const fs::path& root,
                                       const fs::path& path,
                                       int64_t max_bytes) {
  const absl::StatusOr<std::string> real = ResolveInside(root, path);
  if (!real.ok()) return real.status();
  absl::StatusOr<std::string> contents = ReadFile(*real, max_bytes);
  // A version whose files are missing or too long is damaged; what the system
  // reports of the disk keeps its code.
  if (absl::IsFailedPrecondition(contents.status())) {
    return CorruptModel(contents.status());
  }
  return contents;
}

// The model's own files in `folder`, by name, once all that the manifest lists
// has been verified.
absl::StatusOr<std::map<std::string, std::string>> ReadVersion(
    const fs::path& root, const fs::path& folder,
    const RepositoryLimits& limits) {
  const fs::path manifest_path = folder / kManifestName;
  const absl::StatusOr<std::string> text =
      ReadInside(root, manifest_path, limits.max_text_bytes);
  if (!text.ok()) return text.status();
  absl::StatusOr<Manifest> manifest = ParseManifest(*text);
  if (!manifest.ok()) {
    return CorruptModel(InFile(manifest_path.string(), manifest.status()));
  }
  std::map<std::string, std::string> own;
  for (const auto& [name, entry] : *manifest) {
    const fs::path path = folder / name;
    absl::StatusOr<std::string> contents = ReadInside(
        root, path,
        name == kConfigName ? limits.max_text_bytes : limits.max_weights_bytes);
    if (absl::IsNotFound(contents.status())) {
      return CorruptModel(contents.status());
    }
    if (!contents.ok()) return contents.status();
    const absl::Status same = CheckContents(entry, *contents);
    if (!same.ok()) return CorruptModel(InFile(path.string(), same));
    if (name == kConfigName || name == kWeightsName) {
      own[name] = *std::move(contents);
    }
  }
  for (const char* name : {kConfigName, kWeightsName}) {
    if (own.contains(name)) continue;
    return CorruptModel(absl::FailedPreconditionError(
        absl::StrCat(manifest_path.string(), ": must list ", name)));
  }
  return own;
}

bool Exists(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

}  // namespace

absl::StatusOr<std::vector<std::string>> ModelRepository::Models() const {
  const absl::StatusOr<std::vector<std::string>> names = FolderNames(root_);
  if (!names.ok()) return names.status();
  std::vector<std::string> models;
  for (const std::string& name : *names) {
    std::error_code ignored;
    if (CheckModelName("model", name).ok() &&
        fs::is_directory(fs::path(root_) / name, ignored)) {
      models.push_back(name);
    }
  }
  std::sort(models.begin(), models.end());
  return models;
}

absl::StatusOr<std::vector<int64_t>> ModelRepository::Versions(
    absl::string_view model) const {
  const absl::Status named = CheckModelName("model", model);
  if (!named.ok()) return named;
  const fs::path folder = fs::path(root_) / std::string(model);
  const absl::StatusOr<std::string> real = ResolveInside(root_, folder);
  if (absl::IsNotFound(real.status())) {
    return WithReason(real.status(), Reason::kModelNotFound);
  }
  if (!real.ok()) return real.status();
  const absl::StatusOr<std::vector<std::string>> names = FolderNames(*real);
  if (!names.ok()) return names.status();
  std::vector<int64_t> versions;
  for (const std::string& name : *names) {
    const int64_t version = VersionOfFolder(name);
    if (version > 0 && Exists(folder / name / kManifestName)) {
      versions.push_back(version);
    }
  }
  std::sort(versions.begin(), versions.end());
  return versions;
}

absl::StatusOr<ModelFiles> ModelRepository::Read(absl::string_view model,
                                                 int64_t version) const {
  const absl::Status named = CheckModelName("model", model);
  if (!named.ok()) return named;
  const fs::path model_folder = fs::path(root_) / std::string(model);
  if (!Exists(model_folder)) {
    return WithReason(absl::NotFoundError(absl::StrCat("there is no model '",
                                                       model, "' in ", root_)),
                      Reason::kModelNotFound);
  }
  const fs::path folder = model_folder / std::to_string(version);
  const absl::Status missing = WithReason(
      absl::NotFoundError(absl::StrCat("model '", model, "' has no version ",
                                       version, " with a MANIFEST")),
      Reason::kVersionNotFound);
  if (!Exists(folder / kManifestName)) return missing;

  absl::StatusOr<std::map<std::string, std::string>> contents =
      ReadVersion(root_, folder, limits_);
  // Not damaged, but deleted since.
  if (!contents.ok() && !Exists(folder / kManifestName)) return missing;
  if (!contents.ok()) return contents.status();
  const absl::StatusOr<ModelConfig> config =
      ParseModelConfig(contents->at(kConfigName));
  if (!config.ok()) {
    return CorruptModel(
        InFile((folder / kConfigName).string(), config.status()));
  }
  absl::StatusOr<NamedArrays> arrays =
      ParseSafetensors(contents->at(kWeightsName));
  if (!arrays.ok()) {
    const absl::Status status =
        InFile((folder / kWeightsName).string(), arrays.status());
    return ReasonOf(status) == Reason::kUnsupportedFormat
               ? status
               : CorruptModel(status);
  }
  return ModelFiles{.config = *config, .arrays = *std::move(arrays)};
}

bool ModelRepository::Has(absl::string_view model, int64_t version,
                          absl::string_view name) const {
  return CheckModelName("model", model).ok() && CheckFileName(name).ok() &&
         Exists(fs::path(root_) / std::string(model) / std::to_string(version) /
                std::string(name));
}

absl::StatusOr<DesiredState> ModelRepository::ReadDesired(
    absl::string_view model) const {
  const absl::Status named = CheckModelName("model", model);
  if (!named.ok()) return named;
  const fs::path path = fs::path(root_) / std::string(model) / kDesiredName;
  const absl::StatusOr<std::string> text =
      ReadInside(root_, path, limits_.max_text_bytes);
  if (absl::IsNotFound(text.status())) return DesiredState();
  if (!text.ok()) return text.status();
  absl::StatusOr<DesiredState> desired = ParseDesiredState(*text);
  if (!desired.ok()) return InFile(path.string(), desired.status());
  return desired;
}

absl::StatusOr<int64_t> ModelRepository::Write(
    absl::string_view model, const ModelFiles& files,
    const std::map<std::string, std::string>& extra) const {
  absl::Status status = CheckModelName("model", model);
  if (!status.ok()) return status;
  std::map<std::string, std::string> contents = extra;
  for (const auto& [name, text] : extra) {
    status.Update(CheckFileName(name));
  }
  if (!status.ok()) return status;
  if (extra.contains(kConfigName) || extra.contains(kWeightsName)) {
    return InvalidField("extra", "other files than the model's own",
                        "config.json or model.safetensors");
  }
  std::string& config = contents[kConfigName] = ModelConfigToJson(files.config);
  std::string& weights = contents[kWeightsName] =
      SerializeSafetensors(files.arrays);
  // Nothing is published that could not be read.
  if (const auto read = ParseModelConfig(config); !read.ok()) {
    return InFile(kConfigName, read.status());
  }
  if (const auto read = ParseSafetensors(weights); !read.ok()) {
    return InFile(kWeightsName, read.status());
  }
  const fs::path folder = fs::path(root_) / std::string(model);
  const absl::StatusOr<std::string> real = ResolveInside(root_, folder);
  if (!real.ok() && !absl::IsNotFound(real.status())) return real.status();
  return PublishVersion(folder.string(), contents);
}

}  // namespace scoreserve
