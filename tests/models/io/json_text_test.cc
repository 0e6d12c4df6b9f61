#include "models/io/json_text.h"

#include <cstdint>
#include <limits>
#include <string>
#include <variant>

#include "gtest/gtest.h"

namespace scoreserve {
namespace {

TEST(JsonTextTest, ReadsBackAsTheSameValue) {
  const std::string text =
      R"({"a":[1,2.0,null,true],"b":{"c":"q\"\n"},"d":-9223372036854775808})";
  EXPECT_EQ(JsonText(*ParseJson(text)), text);
}

TEST(JsonTextTest, DoublesKeepEveryBit) {
  for (const double value : {0.1, 1.0 / 3.0, -5e-324, 1.7976931348623157e308,
                             -0.0, 9007199254740993.0}) {
    const Json read = *ParseJson(JsonText(Json{value}));
    ASSERT_TRUE(std::holds_alternative<double>(read.value)) << value;
    EXPECT_EQ(std::get<double>(read.value), value);
  }
}

TEST(JsonTextTest, WhatIsNotFiniteIsNull) {
  EXPECT_EQ(JsonText(Json{std::numeric_limits<double>::quiet_NaN()}), "null");
}

}  // namespace
}  // namespace scoreserve
