#include "models/domains/box.h"

#include <cmath>
#include <limits>
#include <vector>

#include "absl/types/span.h"
#include "gtest/gtest.h"
#include "models/status.h"

namespace scoreserve {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

std::vector<float> Confined(const Box& box, std::vector<float> x) {
  Confine(box, absl::MakeSpan(x));
  return x;
}

TEST(BoxTest, ProjectionGoesToTheNearestPoint) {
  EXPECT_EQ(Confined({.lower = -1.0f, .upper = 2.0f},
                     {-3.0f, -1.0f, 0.5f, 2.0f, 2.5f}),
            (std::vector<float>{-1.0f, -1.0f, 0.5f, 2.0f, 2.0f}));
}

TEST(BoxTest, ReflectionMirrorsAtTheBoundary) {
  const Box box = {
      .lower = -1.0f, .upper = 2.0f, .boundary = Boundary::kReflect};
  EXPECT_EQ(Confined(box, {-1.5f, 0.25f, 2.5f}),
            (std::vector<float>{-0.5f, 0.25f, 1.5f}));
  // As often as it takes: 9.5 → −5.5 → 3.5 → 0.5 and −7.5 → 5.5 → −1.5 → −0.5.
  EXPECT_EQ(Confined(box, {9.5f, -7.5f}), (std::vector<float>{0.5f, -0.5f}));
}

TEST(BoxTest, OneBoundAloneIsAHalfLine) {
  const Box positive = {.lower = 0.0f, .boundary = Boundary::kReflect};
  EXPECT_EQ(Confined(positive, {-2.0f, 3.0f}),
            (std::vector<float>{2.0f, 3.0f}));
  const Box below = {.upper = 1.0f, .boundary = Boundary::kReflect};
  EXPECT_EQ(Confined(below, {4.0f, -5.0f}), (std::vector<float>{-2.0f, -5.0f}));
  EXPECT_EQ(Confined({.lower = 0.0f}, {-2.0f, 3.0f}),
            (std::vector<float>{0.0f, 3.0f}));
}

TEST(BoxTest, EveryFiniteNumberComesBackHoweverFarItIs) {
  for (const Boundary boundary : {Boundary::kProject, Boundary::kReflect}) {
    const Box box = {.lower = 0.1f, .upper = 0.7f, .boundary = boundary};
    for (float x = 1e-3f; x < 1e30f; x *= 3.7f) {
      for (const float y : Confined(box, {x, -x})) {
        EXPECT_GE(y, box.lower);
        EXPECT_LE(y, box.upper);
      }
    }
  }
}

TEST(BoxTest, WhatIsNotANumberStaysSo) {
  const Box box = {
      .lower = 0.0f, .upper = 1.0f, .boundary = Boundary::kReflect};
  EXPECT_TRUE(std::isnan(Confined(box, {std::nanf("")})[0]));
}

TEST(BoxTest, BoundsMustBeInOrder) {
  EXPECT_TRUE(CheckBox({}).ok());
  EXPECT_TRUE(CheckBox({.lower = 0.0f}).ok());
  for (const float upper : {0.0f, -1.0f, std::nanf("")}) {
    EXPECT_EQ(FieldOf(CheckBox({.lower = 0.0f, .upper = upper})),
              "domain.upper");
  }
  EXPECT_EQ(CheckBox({.lower = 1.0f, .upper = 1.0f}).message(),
            "domain.upper must be more than domain.lower, 1; was 1");
  EXPECT_FALSE(CheckBox({.lower = kInfinity}).ok());
}

}  // namespace
}  // namespace scoreserve
