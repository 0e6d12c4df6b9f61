#include "server/service/request_codec.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <type_traits>
#include <variant>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "models/io/model_repository.h"
#include "models/status.h"

namespace scoreserve {

absl::StatusOr<ModelSelector> DecodeModelRef(const v1::ModelRef& ref) {
  absl::Status checked = CheckModelName("model.name", ref.name());
  if (!checked.ok()) return checked;
  ModelSelector selector = {.name = ref.name(), .version = {}, .alias = {}};
  if (ref.has_version()) selector.version = ref.version();
  if (ref.has_alias()) selector.alias = ref.alias();
  return selector;
}

Labels DecodeLabels(const v1::ScoreRequest& request) {
  const auto labels = [](LabelKind kind, const v1::Values& values) -> Labels {
    return {.kind = kind,
            .values = absl::MakeConstSpan(values.values().data(),
                                          values.values_size())};
  };
  switch (request.label_case()) {
    case v1::ScoreRequest::kNoiseLevel:
      return labels(LabelKind::kNoiseLevel, request.noise_level());
    case v1::ScoreRequest::kTime:
      return labels(LabelKind::kTime, request.time());
    case v1::ScoreRequest::LABEL_NOT_SET:
      return {};
  }
  return {};
}

Conditions DecodeConditions(const v1::Condition& condition) {
  return {
      .classes = {condition.classes().data(),
                  static_cast<size_t>(condition.classes_size())},
      .guidance = {condition.guidance().values().data(),
                   static_cast<size_t>(condition.guidance().values_size())}};
}

absl::StatusOr<OptionValues> DecodeOptions(
    const google::protobuf::Map<std::string, v1::OptionValue>& options,
    absl::string_view field) {
  OptionValues values;
  for (const auto& [name, value] : options) {
    switch (value.kind_case()) {
      case v1::OptionValue::kFlag:
        values[name] = value.flag();
        break;
      case v1::OptionValue::kInteger:
        values[name] = int64_t{value.integer()};
        break;
      case v1::OptionValue::kNumber:
        values[name] = value.number();
        break;
      case v1::OptionValue::kText:
        values[name] = value.text();
        break;
      case v1::OptionValue::KIND_NOT_SET:
        return InvalidField(absl::StrCat(field, ".", name),
                            "a flag, an integer, a number or a text", "empty");
    }
  }
  return values;
}

void EncodeOptionValue(const OptionValue& value, v1::OptionValue* wire) {
  std::visit(
      [wire](const auto& held) {
        using Held = std::decay_t<decltype(held)>;
        if constexpr (std::is_same_v<Held, bool>) {
          wire->set_flag(held);
        } else if constexpr (std::is_same_v<Held, int64_t>) {
          wire->set_integer(held);
        } else if constexpr (std::is_same_v<Held, double>) {
          wire->set_number(held);
        } else {
          wire->set_text(held);
        }
      },
      value);
}

void EncodeOption(const OptionDescription& option,
                  v1::OptionDescription* wire) {
  wire->set_name(option.name);
  wire->set_help(option.help);
  wire->set_type(option.type);
  wire->set_rule(option.rule);
  if (option.required) return;
  EncodeOptionValue(option.default_value, wire->mutable_default_value());
}

absl::StatusOr<Instant::duration> DecodeDuration(
    absl::string_view field, const google::protobuf::Duration& wire,
    Instant::duration least) {
  // As duration.proto: both parts of one sign, and here of none but plus.
  constexpr int64_t kMostSeconds = 1'000'000'000;
  const bool valid =
      wire.seconds() >= 0 && wire.nanos() >= 0 && wire.nanos() < 1'000'000'000;
  const auto value = std::chrono::seconds(std::min<int64_t>(
                         valid ? wire.seconds() : 0, kMostSeconds)) +
                     std::chrono::nanoseconds(wire.nanos());
  if (valid && value >= least) return value;
  return InvalidField(
      field,
      absl::StrCat("at least ", absl::FormatDuration(absl::FromChrono(least))),
      absl::StrCat(wire.seconds(), " s and ", wire.nanos(), " ns"));
}

Instant DeadlineOf(const grpc::CallbackServerContext& context, Instant now) {
  const auto deadline = context.deadline();
  if (deadline == std::chrono::system_clock::time_point::max())
    return Instant::max();
  // The remaining time is exact to when the wall clock was read last.
  const auto left = deadline - std::chrono::system_clock::now();
  if (left > std::chrono::hours(24 * 365)) return Instant::max();
  return now + std::chrono::duration_cast<Instant::duration>(left);
}

}  // namespace scoreserve
