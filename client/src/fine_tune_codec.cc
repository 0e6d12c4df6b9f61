#include "client/src/fine_tune_codec.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "client/src/duration_codec.h"
#include "client/src/model_codec.h"
#include "client/src/option_codec.h"
#include "client/src/status_codec.h"
#include "google/protobuf/timestamp.pb.h"

namespace scoreserve {
inline namespace client {
namespace {

absl::Status EncodeInterval(absl::string_view field, absl::Duration interval,
                            google::protobuf::Duration* wire) {
  if (interval == absl::InfiniteDuration() ||
      interval == -absl::InfiniteDuration()) {
    return InvalidField(field, "finite", absl::FormatDuration(interval));
  }
  EncodeDuration(interval, wire);
  return absl::OkStatus();
}

absl::Time DecodeTime(const google::protobuf::Timestamp& wire) {
  return absl::FromUnixSeconds(wire.seconds()) +
         absl::Nanoseconds(wire.nanos());
}

FineTuneSpec DecodeSpec(const v1::FineTuneSpec& wire) {
  FineTuneSpec spec = {
      .base = {.name = wire.base().name(), .version = {}, .alias = {}},
      .alias = wire.alias(),
      .objective = wire.objective(),
      .objective_options = DecodeOptions(wire.objective_options()),
      .trainer_options = DecodeOptions(wire.trainer_options()),
      .seed = wire.seed(),
      .steps = wire.steps(),
      .policy = wire.buffer().policy() == v1::BUFFER_POLICY_RESERVOIR
                    ? BufferPolicy::kReservoir
                    : BufferPolicy::kWindow,
      .capacity = wire.buffer().capacity(),
      .min_rows = wire.buffer().min_rows(),
      .hold_out_share = wire.hold_out_share(),
      .gate_objective = wire.gate().objective(),
      .gate_objective_options = DecodeOptions(wire.gate().objective_options()),
      .publish_interval = DecodeDuration(wire.publish_interval()),
      .checkpoint_interval = DecodeDuration(wire.checkpoint_interval()),
      .max_rows = wire.quota().max_rows(),
      .max_bytes = wire.quota().max_bytes()};
  if (wire.base().has_version()) spec.base.version = wire.base().version();
  if (wire.base().has_alias()) spec.base.alias = wire.base().alias();
  return spec;
}

FineTuneState DecodeState(v1::FineTuneState state) {
  switch (state) {
    case v1::FINE_TUNE_STATE_RUNNING:
      return FineTuneState::kRunning;
    case v1::FINE_TUNE_STATE_PAUSED:
      return FineTuneState::kPaused;
    case v1::FINE_TUNE_STATE_SUCCEEDED:
      return FineTuneState::kSucceeded;
    case v1::FINE_TUNE_STATE_CANCELLED:
      return FineTuneState::kCancelled;
    case v1::FINE_TUNE_STATE_FAILED:
      return FineTuneState::kFailed;
    default:
      return FineTuneState::kUnknown;
  }
}

GateCheck DecodeCheck(const v1::GateCheck& wire) {
  return {.step = wire.step(),
          .rows = wire.rows(),
          .hold_out = wire.hold_out(),
          .improvement = wire.improvement(),
          .standard_error = wire.standard_error(),
          .reference_version = wire.reference_version()};
}

}  // namespace

absl::Status EncodeFineTuneSpec(const FineTuneSpec& spec,
                                v1::FineTuneSpec* wire) {
  absl::Status encoded = EncodeModelRef(spec.base, wire->mutable_base());
  if (!encoded.ok()) return encoded;
  wire->set_alias(spec.alias);
  wire->set_objective(spec.objective);
  EncodeOptions(spec.objective_options, wire->mutable_objective_options());
  EncodeOptions(spec.trainer_options, wire->mutable_trainer_options());
  wire->set_seed(spec.seed);
  wire->set_steps(spec.steps);
  wire->mutable_buffer()->set_policy(spec.policy == BufferPolicy::kReservoir
                                         ? v1::BUFFER_POLICY_RESERVOIR
                                         : v1::BUFFER_POLICY_WINDOW);
  wire->mutable_buffer()->set_capacity(spec.capacity);
  wire->mutable_buffer()->set_min_rows(spec.min_rows);
  wire->set_hold_out_share(spec.hold_out_share);
  if (!spec.gate_objective.empty() || !spec.gate_objective_options.empty()) {
    wire->mutable_gate()->set_objective(spec.gate_objective);
    EncodeOptions(spec.gate_objective_options,
                  wire->mutable_gate()->mutable_objective_options());
  }
  wire->mutable_quota()->set_max_rows(spec.max_rows);
  wire->mutable_quota()->set_max_bytes(spec.max_bytes);
  encoded = EncodeInterval("publish_interval", spec.publish_interval,
                           wire->mutable_publish_interval());
  if (!encoded.ok()) return encoded;
  return EncodeInterval("checkpoint_interval", spec.checkpoint_interval,
                        wire->mutable_checkpoint_interval());
}

FineTune DecodeFineTune(const v1::FineTune& wire) {
  FineTune job = {.name = wire.name(),
                  .spec = DecodeSpec(wire.spec()),
                  .base_version = wire.base_version(),
                  .state = DecodeState(wire.state()),
                  .error = FromRpc(wire.error()),
                  .note = wire.note(),
                  .created = DecodeTime(wire.create_time()),
                  .updated = DecodeTime(wire.update_time()),
                  .ended = {},
                  .step = wire.step(),
                  .loss = {},
                  .steps_per_second = wire.steps_per_second(),
                  .skipped_steps = wire.skipped_steps(),
                  .rows = wire.rows(),
                  .hold_out_rows = wire.hold_out_rows(),
                  .training_rows = wire.training_rows(),
                  .checkpoint_step = wire.checkpoint_step(),
                  .first_check = {},
                  .last_check = {},
                  .not_published = wire.not_published(),
                  .published = {}};
  if (wire.has_end_time()) job.ended = DecodeTime(wire.end_time());
  if (wire.has_loss()) job.loss = wire.loss();
  if (wire.has_first_check()) job.first_check = DecodeCheck(wire.first_check());
  if (wire.has_last_check()) job.last_check = DecodeCheck(wire.last_check());
  for (const v1::PublishedVersion& version : wire.published()) {
    job.published.push_back({.version = version.version(),
                             .time = DecodeTime(version.time()),
                             .check = DecodeCheck(version.check()),
                             .rolled_back = version.rolled_back()});
  }
  return job;
}

std::vector<FineTune> DecodeFineTunes(const v1::ListFineTunesResponse& wire) {
  std::vector<FineTune> jobs;
  for (const v1::FineTune& job : wire.fine_tunes()) {
    jobs.push_back(DecodeFineTune(job));
  }
  return jobs;
}

ObjectiveList DecodeObjectives(const v1::ListObjectivesResponse& wire) {
  ObjectiveList list;
  for (const v1::ObjectiveInfo& objective : wire.objectives()) {
    ObjectiveInfo info = {.name = objective.name(), .help = objective.help()};
    for (const v1::OptionDescription& option : objective.options()) {
      info.options.push_back(DecodeOptionInfo(option));
    }
    list.objectives.push_back(std::move(info));
  }
  for (const v1::OptionDescription& option : wire.trainer_options()) {
    list.trainer_options.push_back(DecodeOptionInfo(option));
  }
  return list;
}

std::string FineTuneName(absl::string_view model, absl::string_view id) {
  return absl::StrCat("models/", model, "/fineTunes/", id);
}

}  // namespace client
}  // namespace scoreserve
