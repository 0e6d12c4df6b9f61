#include "server/engine/fine_tune_parts.h"

#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "models/status.h"
#include "server/engine/example_rows.h"

namespace scoreserve {
namespace {

absl::StatusOr<TrainerOptions> ParseTrainer(const OptionValues& given) {
  OptionValues values = given;
  values.try_emplace("steps", int64_t{0});
  absl::StatusOr<TrainerOptions> options = TrainerOptionTable().Parse(values);
  if (!options.ok()) return InField("trainer_options", options.status());
  return options;
}

absl::Status Unreadable(const StoredJob& stored, const absl::Status& status) {
  return WithReason(
      absl::DataLossError(absl::StrCat("what is kept of ", stored.name,
                                       " cannot be read: ", status.message())),
      Reason::kStorageFailed);
}

absl::Status RestoreRows(const std::string& name, const ModelConfig& config,
                         JobStore& store, ExampleBuffer& buffer,
                         ExampleStream& stream) {
  absl::Status read =
      store.ReadExamples(name, [&](const StoredExamples& stored) {
        buffer.SkipRows(stored.first_offset - buffer.offsets());
        buffer.Add(ToRows(config, stored.x, stored.classes));
        stream.kept.emplace_back(stored.first_offset, stored.rows);
        stream.kept_rows += stored.rows;
        return absl::OkStatus();
      });
  if (!read.ok()) return read;
  buffer.SkipRows(stream.rows - buffer.offsets());
  if (buffer.missing() == 0) return absl::OkStatus();
  return WithReason(
      absl::DataLossError(absl::StrCat(buffer.missing(), " rows of ", name,
                                       " that it still needs are gone")),
      Reason::kStorageFailed);
}

}  // namespace

absl::StatusOr<FineTuning::Parts> MakeParts(const FineTunePlan& plan,
                                            const NamedArrays* start) {
  const FineTuneSpec& spec = plan.spec;
  FineTuning::Parts parts;
  absl::Status buffer = CheckBufferOptions(spec.buffer);
  if (!buffer.ok()) return buffer;
  absl::StatusOr<TrainerOptions> options = ParseTrainer(spec.trainer_options);
  if (!options.ok()) return options.status();
  absl::StatusOr<std::unique_ptr<Objective>> objective =
      NewObjective(spec.objective, spec.objective_options, plan.config);
  if (!objective.ok()) return objective.status();
  const bool own_gate = !spec.gate_objective.empty();
  absl::StatusOr<std::unique_ptr<Objective>> gate = NewObjective(
      own_gate ? spec.gate_objective : spec.objective,
      own_gate ? spec.gate_objective_options : spec.objective_options,
      plan.config);
  if (!gate.ok()) return InField("gate", gate.status());
  absl::StatusOr<std::unique_ptr<Trainer>> trainer = Trainer::New(
      plan.config, *std::move(objective), *options, spec.seed, start);
  if (!trainer.ok()) return trainer.status();
  absl::Status fits = (*gate)->CheckNetwork((*trainer)->averaged());
  if (!fits.ok()) return InField("gate", fits);
  parts.plan = plan;
  parts.memory.status.spec = spec;
  parts.memory.status.base_version = plan.base_version;
  parts.trainer = *std::move(trainer);
  parts.buffer = std::make_unique<ExampleBuffer>(
      spec.buffer, spec.seed, plan.config.data.dim(), plan.config.classes > 0);
  parts.gate_objective = *std::move(gate);
  parts.noise =
      RowNoise(options->dequantise, options->data_noise, plan.config.data);
  parts.trainer_options = *options;
  return parts;
}

absl::StatusOr<FineTuning::Parts> RestoreParts(
    const StoredJob& stored, JobStore& store, ExampleStream& stream,
    absl::FunctionRef<void(const std::string&)> warn) {
  if (!stored.damage.ok()) return stored.damage;
  const absl::StatusOr<FineTunePlan> plan = ParsePlan(stored.spec);
  if (!plan.ok()) return Unreadable(stored, plan.status());
  const absl::StatusOr<FineTuneMemory> memory = ParseMemory(stored.status);
  if (!memory.ok()) return Unreadable(stored, memory.status());
  FineTuning::Parts parts;
  if (HasEnded(memory->status.state)) {
    parts.plan = *plan;
  } else {
    absl::StatusOr<FineTuning::Parts> made = MakeParts(*plan, nullptr);
    if (!made.ok()) return Unreadable(stored, made.status());
    parts = *std::move(made);
    absl::StatusOr<StoredCheckpoint> checkpoint =
        store.ReadCheckpoint(stored.name, warn);
    if (!checkpoint.ok()) return checkpoint.status();
    absl::StatusOr<NamedArrays> arrays = ParseSafetensors(checkpoint->weights);
    if (!arrays.ok()) return Unreadable(stored, arrays.status());
    absl::StatusOr<TrainerState> state = StateFromArrays(*std::move(arrays));
    if (!state.ok()) return Unreadable(stored, state.status());
    absl::Status restored = parts.trainer->Restore(*state);
    if (!restored.ok()) return Unreadable(stored, restored);
    restored =
        RestoreRows(stored.name, plan->config, store, *parts.buffer, stream);
    if (!restored.ok()) return restored;
  }
  parts.name = stored.name;
  parts.memory = *memory;
  FineTuneStatus& status = parts.memory.status;
  status.name = stored.name;
  status.spec = plan->spec;
  status.base_version = plan->base_version;
  status.rows = stored.rows;
  return parts;
}

StoredCheckpoint ToStored(FineTuneCheckpoint checkpoint) {
  const int64_t step = checkpoint.state.steps_done;
  return {.step = step,
          .notes = std::move(checkpoint.notes),
          .weights = SerializeSafetensors(StateToArrays(checkpoint.state))};
}

}  // namespace scoreserve
