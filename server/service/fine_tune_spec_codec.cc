#include "server/service/fine_tune_spec_codec.h"

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/protobuf/duration.pb.h"
#include "models/io/model_repository.h"
#include "models/status.h"
#include "server/service/request_codec.h"

namespace scoreserve {
namespace {

constexpr int64_t kMaxCapacity = int64_t{1} << 24;

absl::Status DecodeBase(const v1::ModelRef& wire, FineTuneSpec& spec) {
  absl::Status checked = CheckModelName("base.name", wire.name());
  if (!checked.ok()) return checked;
  spec.model = wire.name();
  if (wire.has_alias()) {
    spec.base_alias = wire.alias();
    return CheckModelName("base.alias", wire.alias());
  }
  if (!wire.has_version()) return absl::OkStatus();
  if (wire.version() < 1) {
    return InvalidField("base.version", "at least 1",
                        absl::StrCat(wire.version()));
  }
  spec.base_version = wire.version();
  return absl::OkStatus();
}

absl::Status DecodeAlias(absl::string_view alias, FineTuneSpec& spec) {
  if (alias.empty()) return absl::OkStatus();
  if (alias != "stable" && alias != "canary") {
    return InvalidField("alias", "'stable' or 'canary'",
                        absl::StrCat("'", alias, "'"));
  }
  spec.alias = std::string(alias);
  return absl::OkStatus();
}

absl::Status DecodeOptionMaps(const v1::FineTuneSpec& wire,
                              FineTuneSpec& spec) {
  absl::StatusOr<OptionValues> options =
      DecodeOptions(wire.objective_options(), "objective_options");
  if (!options.ok()) return options.status();
  spec.objective_options = *std::move(options);
  options = DecodeOptions(wire.trainer_options(), "trainer_options");
  if (!options.ok()) return options.status();
  spec.trainer_options = *std::move(options);
  options =
      DecodeOptions(wire.gate().objective_options(), "gate.objective_options");
  if (!options.ok()) return options.status();
  spec.gate_objective_options = *std::move(options);
  if (!wire.objective().empty()) spec.objective = wire.objective();
  spec.gate_objective = wire.gate().objective();
  if (spec.gate_objective.empty() && !spec.gate_objective_options.empty()) {
    return InvalidField("gate.objective", "given where its options are",
                        "absent");
  }
  return absl::OkStatus();
}

absl::Status DecodeBuffer(const v1::FineTuneSpec& wire, FineTuneSpec& spec) {
  switch (wire.buffer().policy()) {
    case v1::BUFFER_POLICY_UNSPECIFIED:
    case v1::BUFFER_POLICY_WINDOW:
      spec.buffer.policy = BufferPolicy::kWindow;
      break;
    case v1::BUFFER_POLICY_RESERVOIR:
      spec.buffer.policy = BufferPolicy::kReservoir;
      break;
    default:
      return InvalidField(
          "buffer.policy", "BUFFER_POLICY_WINDOW or BUFFER_POLICY_RESERVOIR",
          absl::StrCat(static_cast<int>(wire.buffer().policy())));
  }
  const int64_t capacity = wire.buffer().capacity();
  if (capacity < 0 || capacity > kMaxCapacity) {
    return InvalidField("buffer.capacity",
                        absl::StrCat("between 1 and ", kMaxCapacity),
                        absl::StrCat(capacity));
  }
  if (capacity != 0) spec.buffer.capacity = capacity;
  spec.min_rows = wire.buffer().min_rows();
  if (spec.min_rows < 0 || spec.min_rows > spec.buffer.capacity) {
    return InvalidField(
        "buffer.min_rows",
        absl::StrCat("between 0 and the capacity, ", spec.buffer.capacity),
        absl::StrCat(spec.min_rows));
  }
  if (!wire.has_hold_out_share()) return absl::OkStatus();
  // Written so that NaN is refused.
  if (!(wire.hold_out_share() >= 0.0 && wire.hold_out_share() <= 0.9)) {
    return InvalidField("hold_out_share", "between 0 and 0.9",
                        absl::StrCat(wire.hold_out_share()));
  }
  spec.buffer.hold_out_share = wire.hold_out_share();
  return absl::OkStatus();
}

absl::Status DecodeInterval(absl::string_view field, bool given,
                            const google::protobuf::Duration& wire,
                            Instant::duration least, absl::Duration& interval) {
  if (!given) return absl::OkStatus();
  const absl::StatusOr<Instant::duration> decoded =
      DecodeDuration(field, wire, least);
  if (!decoded.ok()) return decoded.status();
  interval = absl::FromChrono(*decoded);
  return absl::OkStatus();
}

// 0 is the default.
absl::Status DecodeQuota(absl::string_view field, int64_t wire,
                         int64_t& quota) {
  if (wire < 0) {
    return InvalidField(field, "at least 1", absl::StrCat(wire));
  }
  if (wire != 0) quota = wire;
  return absl::OkStatus();
}

absl::Status DecodeLimits(const v1::FineTuneSpec& wire, FineTuneSpec& spec) {
  if (wire.steps() < 0) {
    return InvalidField("steps", "at least 0", absl::StrCat(wire.steps()));
  }
  spec.steps = wire.steps();
  spec.seed = wire.seed();
  absl::Status decoded =
      DecodeInterval("publish_interval", wire.has_publish_interval(),
                     wire.publish_interval(), {}, spec.publish_interval);
  if (!decoded.ok()) return decoded;
  decoded =
      DecodeInterval("checkpoint_interval", wire.has_checkpoint_interval(),
                     wire.checkpoint_interval(), std::chrono::milliseconds(100),
                     spec.checkpoint_interval);
  if (!decoded.ok()) return decoded;
  decoded =
      DecodeQuota("quota.max_rows", wire.quota().max_rows(), spec.max_rows);
  if (!decoded.ok()) return decoded;
  return DecodeQuota("quota.max_bytes", wire.quota().max_bytes(),
                     spec.max_bytes);
}

void EncodeOptions(const OptionValues& options,
                   google::protobuf::Map<std::string, v1::OptionValue>* wire) {
  for (const auto& [name, value] : options) {
    EncodeOptionValue(value, &(*wire)[name]);
  }
}

void EncodeDuration(absl::Duration duration, google::protobuf::Duration* wire) {
  wire->set_seconds(absl::IDivDuration(duration, absl::Seconds(1), &duration));
  wire->set_nanos(static_cast<int32_t>(absl::ToInt64Nanoseconds(duration)));
}

}  // namespace

absl::StatusOr<FineTuneSpec> DecodeFineTuneSpec(const v1::FineTuneSpec& wire) {
  FineTuneSpec spec;
  absl::Status decoded = DecodeBase(wire.base(), spec);
  if (decoded.ok()) decoded = DecodeAlias(wire.alias(), spec);
  if (decoded.ok()) decoded = DecodeOptionMaps(wire, spec);
  if (decoded.ok()) decoded = DecodeBuffer(wire, spec);
  if (decoded.ok()) decoded = DecodeLimits(wire, spec);
  if (!decoded.ok()) return decoded;
  return spec;
}

void EncodeFineTuneSpec(const FineTuneSpec& spec, v1::FineTuneSpec* wire) {
  wire->mutable_base()->set_name(spec.model);
  if (spec.base_version.has_value())
    wire->mutable_base()->set_version(*spec.base_version);
  if (spec.base_alias.has_value())
    wire->mutable_base()->set_alias(*spec.base_alias);
  wire->set_alias(spec.alias);
  wire->set_objective(spec.objective);
  EncodeOptions(spec.objective_options, wire->mutable_objective_options());
  EncodeOptions(spec.trainer_options, wire->mutable_trainer_options());
  wire->set_seed(spec.seed);
  wire->set_steps(spec.steps);
  wire->mutable_buffer()->set_policy(spec.buffer.policy == BufferPolicy::kWindow
                                         ? v1::BUFFER_POLICY_WINDOW
                                         : v1::BUFFER_POLICY_RESERVOIR);
  wire->mutable_buffer()->set_capacity(spec.buffer.capacity);
  wire->mutable_buffer()->set_min_rows(spec.min_rows);
  wire->set_hold_out_share(spec.buffer.hold_out_share);
  if (!spec.gate_objective.empty()) {
    wire->mutable_gate()->set_objective(spec.gate_objective);
    EncodeOptions(spec.gate_objective_options,
                  wire->mutable_gate()->mutable_objective_options());
  }
  EncodeDuration(spec.publish_interval, wire->mutable_publish_interval());
  EncodeDuration(spec.checkpoint_interval, wire->mutable_checkpoint_interval());
  wire->mutable_quota()->set_max_rows(spec.max_rows);
  wire->mutable_quota()->set_max_bytes(spec.max_bytes);
}

}  // namespace scoreserve
