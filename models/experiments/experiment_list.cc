#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "models/experiments/cost.h"
#include "models/experiments/experiment.h"
#include "models/experiments/implicit.h"
#include "models/experiments/nice.h"

namespace scoreserve {

const std::vector<Experiment>& Experiments() {
  static const auto& experiments = *new std::vector<Experiment>{
      {"cost", "The cost of a training step, by objective and dimension",
       RunCost},
      {"implicit", "Auto-encoders with implicit encoders", RunImplicit},
      {"nice", "A flow trained by likelihood and by score matching", RunNice},
  };
  return experiments;
}

std::string MarkdownTable(const std::vector<std::vector<std::string>>& rows) {
  std::string table;
  for (const std::vector<std::string>& row : rows) {
    absl::StrAppend(&table, "| ", absl::StrJoin(row, " | "), " |\n");
    if (&row == &rows.front()) {
      table += "|";
      for (size_t i = 0; i < row.size(); ++i) table += "---|";
      table += "\n";
    }
  }
  return table;
}

}  // namespace scoreserve
