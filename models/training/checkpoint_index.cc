#include "models/training/checkpoint_index.h"

#include <cstdint>
#include <string>
#include <utility>
#include <variant>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "models/io/json.h"
#include "models/io/json_text.h"
#include "models/io/sha256.h"
#include "models/options.h"
#include "models/status.h"

namespace scoreserve {
namespace {

// The member "run" of the text, once its sum has been verified.
absl::StatusOr<Json> VerifiedRun(absl::string_view text) {
  const absl::StatusOr<Json> root = ParseJson(text);
  if (!root.ok()) return root.status();
  std::string sum;
  JsonFields fields(*root, "");
  fields.Get("sha256", sum);
  const Json* run = fields.Require("run");
  if (absl::Status status = fields.Finish(); !status.ok()) return status;
  const std::string actual = Sha256Hex(JsonText(*run));
  if (sum != actual) return InvalidField("sha256", actual, sum);
  return *run;
}

absl::Status ReadIdentity(const Json& json, RunIdentity& run) {
  const absl::StatusOr<const JsonObject*> object =
      JsonToObject(json, "identity");
  if (!object.ok()) return object.status();
  for (const auto& [name, text] : **object) {
    const auto* value = std::get_if<std::string>(&text.value);
    const std::string path = JsonPath("identity", name);
    if (value == nullptr) return InvalidField(path, "text", "something else");
    run[name] = *value;
  }
  return absl::OkStatus();
}

absl::StatusOr<CheckpointIndex::Seed> ReadSeed(const Json& json,
                                               const std::string& path) {
  CheckpointIndex::Seed seed;
  JsonFields fields(json, path);
  fields.Get("file", seed.file);
  fields.Get("size", seed.entry.size, NotNegative());
  fields.Get("sha256", seed.entry.sha256);
  if (const Json* record = fields.Require("record")) {
    absl::StatusOr<TrainingRecord> parsed =
        RecordFromJson(*record, JsonPath(path, "record"));
    if (!parsed.ok()) return parsed.status();
    seed.record = *std::move(parsed);
  }
  if (absl::Status status = fields.Finish(); !status.ok()) return status;
  // Not to be led out of the folder.
  if (absl::Status named = CheckFileName(seed.file); !named.ok()) return named;
  return seed;
}

absl::Status ReadSeeds(const Json& json, CheckpointIndex& index) {
  const absl::StatusOr<const JsonObject*> seeds = JsonToObject(json, "seeds");
  if (!seeds.ok()) return seeds.status();
  for (const auto& [name, member] : **seeds) {
    const std::string path = JsonPath("seeds", name);
    uint64_t number = 0;
    if (!absl::SimpleAtoi(name, &number)) {
      return InvalidField(path, "a seed", name);
    }
    absl::StatusOr<CheckpointIndex::Seed> seed = ReadSeed(member, path);
    if (!seed.ok()) return seed.status();
    index.seeds[number] = *std::move(seed);
  }
  return absl::OkStatus();
}

}  // namespace

std::string SerializeCheckpointIndex(const CheckpointIndex& index) {
  JsonObject identity, seeds;
  for (const auto& [name, text] : index.run) identity[name] = Json{text};
  for (const auto& [number, seed] : index.seeds) {
    seeds[absl::StrCat(number)] =
        Json{JsonObject{{"file", Json{seed.file}},
                        {"record", RecordToJson(seed.record)},
                        {"sha256", Json{seed.entry.sha256}},
                        {"size", Json{seed.entry.size}}}};
  }
  const Json run = {JsonObject{{"identity", Json{std::move(identity)}},
                               {"numerics", Json{index.numerics}},
                               {"seeds", Json{std::move(seeds)}}}};
  const std::string sum = Sha256Hex(JsonText(run));
  return JsonText({JsonObject{{"run", run}, {"sha256", Json{sum}}}}) + "\n";
}

absl::StatusOr<CheckpointIndex> ParseCheckpointIndex(absl::string_view text) {
  const absl::StatusOr<Json> run = VerifiedRun(text);
  if (!run.ok()) return run.status();
  CheckpointIndex index;
  JsonFields fields(*run, "");
  fields.Get("numerics", index.numerics);
  if (const Json* identity = fields.Require("identity")) {
    fields.Update(ReadIdentity(*identity, index.run));
  }
  if (const Json* seeds = fields.Require("seeds")) {
    fields.Update(ReadSeeds(*seeds, index));
  }
  if (absl::Status status = fields.Finish(); !status.ok()) return status;
  return index;
}

}  // namespace scoreserve
