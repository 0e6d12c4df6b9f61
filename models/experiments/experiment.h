// Comparisons that take minutes, each one command that writes its table and its
// pictures: what docs/experiments shows.

#ifndef SCORESERVE_MODELS_EXPERIMENTS_EXPERIMENT_H_
#define SCORESERVE_MODELS_EXPERIMENTS_EXPERIMENT_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "models/plots/chart.h"

namespace scoreserve {

struct ExperimentSettings {
  std::string data = "tests/data";  // Folder of the data sets.
  uint64_t seed = 1;
  // The smallest run that goes through everything: what tests do. Its figures
  // mean nothing.
  bool brief = false;
};

struct ExperimentReport {
  // Markdown below the heading: tables first, then what they do and do not say.
  std::string text = {};
  // Charts side by side in one picture each, by file name without ".png".
  std::vector<std::pair<std::string, std::vector<Chart>>> pictures = {};
};

// One line in experiment_list.cc.
struct Experiment {
  std::string name;   // Of the command and of docs/experiments/NAME.md.
  std::string title;  // Its heading.
  // Progress goes to stderr. INVALID_ARGUMENT and NOT_FOUND as the data's.
  absl::StatusOr<ExperimentReport> (*run)(const ExperimentSettings& settings);
};
const std::vector<Experiment>& Experiments();

// Rows of a table in Markdown, the first being its head.
std::string MarkdownTable(const std::vector<std::vector<std::string>>& rows);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_EXPERIMENTS_EXPERIMENT_H_
