#include "models/plots/ticks.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace scoreserve {
namespace {

// Beyond these, powers of ten are easier to read as such.
constexpr int kMinPlainExponent = -3, kMaxPlainExponent = 4;

std::string Superscript(int number) {
  constexpr std::array<const char*, 10> kDigits = {"⁰", "¹", "²", "³", "⁴",
                                                   "⁵", "⁶", "⁷", "⁸", "⁹"};
  std::string text;
  for (const char c : std::to_string(number)) {
    text += c == '-' ? "⁻" : kDigits[c - '0'];
  }
  return text;
}

std::string PowerLabel(int exponent) {
  if (exponent >= kMinPlainExponent && exponent <= kMaxPlainExponent) {
    return absl::StrCat(std::pow(10.0, exponent));
  }
  return absl::StrCat("10", Superscript(exponent));
}

// `mantissa`·10^`exponent` with the `decimals` that tell ticks apart.
std::string ScaledLabel(double value, int exponent, int decimals) {
  if (value == 0.0) return "0";
  if (exponent == 0) return absl::StrFormat("%.*f", decimals, value);
  return absl::StrFormat("%.*f·10%s", decimals,
                         value / std::pow(10.0, exponent),
                         Superscript(exponent));
}

}  // namespace

std::vector<Tick> LinearTicks(double min, double max, int count) {
  const double raw = (max - min) / count;
  const int power = static_cast<int>(std::floor(std::log10(raw)));
  const double unit = std::pow(10.0, power);
  double step = 10.0 * unit;
  for (const double factor : {5.0, 2.0, 1.0}) {
    if (factor * unit >= raw * (1 - 1e-9)) step = factor * unit;
  }
  // Rounded first: 10·unit is of the next power.
  const int step_power = static_cast<int>(std::floor(std::log10(step) + 1e-9));
  const double largest = std::max(std::abs(min), std::abs(max));
  const int largest_power = static_cast<int>(std::floor(std::log10(largest)));
  const bool plain =
      largest_power >= kMinPlainExponent && largest_power <= kMaxPlainExponent;
  const int exponent = plain ? 0 : largest_power;
  const int decimals = std::max(0, exponent - step_power);

  std::vector<Tick> ticks;
  const double first = std::ceil(min / step - 1e-9);
  const double last = std::floor(max / step + 1e-9);
  for (double i = first; i <= last; i += 1.0) {
    const double value = i * step;
    ticks.push_back(
        {.value = value, .label = ScaledLabel(value, exponent, decimals)});
  }
  return ticks;
}

std::vector<Tick> LogTicks(double min, double max, int count) {
  const int first = static_cast<int>(std::ceil(std::log10(min) - 1e-9));
  const int last = static_cast<int>(std::floor(std::log10(max) + 1e-9));
  const int powers = last - first + 1;
  if (powers < 2) return LinearTicks(min, max, count);
  const int stride = (powers + count - 1) / count;
  std::vector<Tick> ticks;
  // Beyond both ends, so that the marks between them are there too.
  for (int exponent = first - 1; exponent <= last; ++exponent) {
    const double power = std::pow(10.0, exponent);
    if (exponent >= first) {
      const bool labelled = (exponent - first) % stride == 0;
      ticks.push_back(
          {.value = power, .label = labelled ? PowerLabel(exponent) : ""});
    }
    if (stride > 1) continue;
    for (int factor = 2; factor <= 9; ++factor) {
      const double value = factor * power;
      if (value >= min && value <= max) {
        ticks.push_back({.value = value, .label = ""});
      }
    }
  }
  return ticks;
}

}  // namespace scoreserve
