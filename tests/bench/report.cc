#include "tests/bench/report.h"

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"

namespace scoreserve::bench {
namespace {

std::string Bar(const Figure& figure) {
  if (figure.at_least.has_value()) return absl::StrCat(">= ", *figure.at_least);
  if (figure.at_most.has_value()) return absl::StrCat("<= ", *figure.at_most);
  return "";
}

}  // namespace

bool Holds(const Figure& figure) {
  const double held = figure.ratio.value_or(figure.value);
  if (figure.at_least.has_value()) return held >= *figure.at_least;
  if (figure.at_most.has_value()) return held <= *figure.at_most;
  return true;
}

void PrintTable(const std::vector<Figure>& figures) {
  std::printf("%-38s %12s %-8s %7s %-9s %-5s %s\n", "case", "value", "unit",
              "ratio", "bar", "holds", "reference");
  for (const Figure& figure : figures) {
    const std::string bar = Bar(figure);
    char ratio[32] = "";
    if (figure.ratio.has_value()) {
      std::snprintf(ratio, sizeof ratio, "%.2f", *figure.ratio);
    }
    std::printf("%-38s %12.4g %-8s %7s %-9s %-5s %s\n", figure.name.c_str(),
                figure.value, figure.unit.c_str(), ratio, bar.c_str(),
                bar.empty() ? "" : (Holds(figure) ? "yes" : "NO"),
                figure.reference.c_str());
  }
  std::fflush(stdout);
}

absl::Status WriteJson(const std::string& path,
                       const std::vector<Figure>& figures) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const Figure& figure : figures) {
    nlohmann::ordered_json entry = {{"case", figure.name},
                                    {"value", figure.value},
                                    {"unit", figure.unit},
                                    {"reference", figure.reference}};
    entry["ratio"] = figure.ratio.has_value() ? nlohmann::json(*figure.ratio)
                                              : nlohmann::json(nullptr);
    entry["bar"] = Bar(figure);
    entry["holds"] = Holds(figure);
    list.push_back(std::move(entry));
  }
  std::ofstream file(path);
  file << list.dump(2) << "\n";
  file.flush();
  if (!file) return absl::UnavailableError(absl::StrCat("cannot write ", path));
  return absl::OkStatus();
}

double Median(std::vector<double> values) {
  return Quantile(std::move(values), 0.5);
}

double Quantile(std::vector<double> values, double p) {
  std::sort(values.begin(), values.end());
  const double place = p * static_cast<double>(values.size() - 1);
  const size_t below = static_cast<size_t>(place);
  const size_t above = std::min(below + 1, values.size() - 1);
  const double share = place - static_cast<double>(below);
  return values[below] * (1.0 - share) + values[above] * share;
}

}  // namespace scoreserve::bench
