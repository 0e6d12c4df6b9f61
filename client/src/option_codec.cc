#include "client/src/option_codec.h"

#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <variant>

namespace scoreserve {
inline namespace client {
namespace {

void EncodeOption(const OptionValue& value, v1::OptionValue* wire) {
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

std::optional<OptionValue> DecodeOption(const v1::OptionValue& wire) {
  switch (wire.kind_case()) {
    case v1::OptionValue::kFlag:
      return wire.flag();
    case v1::OptionValue::kInteger:
      return int64_t{wire.integer()};
    case v1::OptionValue::kNumber:
      return wire.number();
    case v1::OptionValue::kText:
      return wire.text();
    case v1::OptionValue::KIND_NOT_SET:
      return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

void EncodeOptions(const OptionValues& values, WireOptions* wire) {
  for (const auto& [name, value] : values) EncodeOption(value, &(*wire)[name]);
}

OptionValues DecodeOptions(const WireOptions& wire) {
  OptionValues values;
  for (const auto& [name, value] : wire) {
    const std::optional<OptionValue> decoded = DecodeOption(value);
    if (decoded.has_value()) values.emplace(name, *decoded);
  }
  return values;
}

OptionInfo DecodeOptionInfo(const v1::OptionDescription& wire) {
  return {.name = wire.name(),
          .help = wire.help(),
          .type = wire.type(),
          .rule = wire.rule(),
          .default_value = wire.has_default_value()
                               ? DecodeOption(wire.default_value())
                               : std::nullopt};
}

}  // namespace client
}  // namespace scoreserve
