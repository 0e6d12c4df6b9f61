#include "models/domains/box.h"

#include <algorithm>
#include <cmath>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "models/status.h"

namespace scoreserve {
namespace {

float Reflect(const Box& box, float x) {
  if (!std::isfinite(x)) return x;
  if (!std::isfinite(box.upper)) return box.lower + std::abs(x - box.lower);
  if (!std::isfinite(box.lower)) return box.upper - std::abs(box.upper - x);
  // Mirrors on both sides make a triangle wave of period 2·width.
  const float width = box.upper - box.lower;
  const float past = std::fmod(std::abs(x - box.lower), 2.0f * width);
  return box.lower + (past <= width ? past : 2.0f * width - past);
}

}  // namespace

absl::Status CheckBox(const Box& box) {
  if (box.lower < box.upper) return absl::OkStatus();
  return InvalidField("domain.upper",
                      absl::StrCat("more than domain.lower, ", box.lower),
                      absl::StrCat(box.upper));
}

void Confine(const Box& box, absl::Span<float> x) {
  for (float& value : x) {
    if (value >= box.lower && value <= box.upper) continue;
    if (box.boundary == Boundary::kReflect) value = Reflect(box, value);
    // After a reflection too: its roundings may leave the box by a digit.
    if (value < box.lower) value = box.lower;
    if (value > box.upper) value = box.upper;
  }
}

}  // namespace scoreserve
