#include "models/io/json_text.h"

#include <string>
#include <type_traits>
#include <variant>

#include "nlohmann/json.hpp"

namespace scoreserve {
namespace {

using Tree = nlohmann::ordered_json;

Tree ToTree(const Json& json) {
  return std::visit(
      [](const auto& value) -> Tree {
        using T = std::decay_t<decltype(value)>;
        if constexpr (std::is_same_v<T, std::monostate>) {
          return nullptr;
        } else if constexpr (std::is_same_v<T, JsonArray>) {
          Tree array = Tree::array();
          for (const Json& element : value) array.push_back(ToTree(element));
          return array;
        } else if constexpr (std::is_same_v<T, JsonObject>) {
          Tree object = Tree::object();
          for (const auto& [key, member] : value) object[key] = ToTree(member);
          return object;
        } else {
          return value;
        }
      },
      json.value);
}

}  // namespace

std::string JsonText(const Json& json) {
  return ToTree(json).dump(-1, ' ', false, Tree::error_handler_t::replace);
}

}  // namespace scoreserve
