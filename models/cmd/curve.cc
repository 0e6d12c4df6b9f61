#include "models/cmd/curve.h"

#include <stdlib.h>

#include <cerrno>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "models/plots/chart.h"
#include "models/plots/color.h"
#include "models/training/training_record.h"

namespace scoreserve {
namespace {

// More would hide the picture.
constexpr size_t kMostNamedSeeds = 6;
constexpr Color kGrey = Rgb(0xbbbbbb), kPale = Rgb(0xa9c6e3);

std::string Csv(const TrainingOutcome& outcome) {
  const bool several = outcome.seeds.size() > 1;
  std::string csv =
      several ? "seed,step,loss,hold_out_loss\n" : "step,loss,hold_out_loss\n";
  for (const auto& [seed, record] : outcome.seeds) {
    for (const CurvePoint& point : record.curve) {
      if (several) absl::StrAppend(&csv, seed, ",");
      absl::StrAppendFormat(&csv, "%d,%.6g,", point.step, point.loss);
      if (!std::isnan(point.hold_out)) {
        absl::StrAppendFormat(&csv, "%.6g", point.hold_out);
      }
      absl::StrAppend(&csv, "\n");
    }
  }
  return csv;
}

LineLayer Line(const TrainingRecord& record, double CurvePoint::*loss) {
  LineLayer line;
  for (const CurvePoint& point : record.curve) {
    line.points.push_back({static_cast<double>(point.step), point.*loss});
  }
  return line;
}

// The curve of held-out rows of seed i, as it is shown among the others.
LineLayer SeedLine(const TrainingOutcome& outcome, size_t i) {
  LineLayer line = Line(outcome.seeds[i].record, &CurvePoint::hold_out);
  if (outcome.seeds.size() == 1) {
    line.name = "held-out rows, averaged weights";
  } else if (i == outcome.best || outcome.seeds.size() <= kMostNamedSeeds) {
    line.name = absl::StrCat("held-out rows, seed ", outcome.seeds[i].seed,
                             i == outcome.best ? " (published)" : "");
  } else {
    line.color = kPale;
    if (i == (outcome.best == 0 ? 1 : 0)) line.name = "held-out rows, others";
  }
  return line;
}

Chart LossChart(const TrainingOutcome& outcome) {
  const bool several = outcome.seeds.size() > 1;
  Chart chart = {.title = "Loss in training",
                 .x = {.label = "step"},
                 .y = {.label = "loss"},
                 .layers = {}};
  for (size_t i = 0; i < outcome.seeds.size(); ++i) {
    LineLayer line = Line(outcome.seeds[i].record, &CurvePoint::loss);
    if (i == 0) line.name = "training batches";
    if (several) {
      line.color = kGrey;
      line.width = 1.0;
    }
    chart.layers.push_back(std::move(line));
  }
  if (std::isnan(outcome.seeds[0].record.HoldOut())) return chart;
  for (size_t i = 0; i < outcome.seeds.size(); ++i) {
    if (i != outcome.best) chart.layers.push_back(SeedLine(outcome, i));
  }
  chart.layers.push_back(SeedLine(outcome, outcome.best));  // On top.
  return chart;
}

// The bytes of the picture; charts are only written to files.
absl::StatusOr<std::string> Png(const Chart& chart) {
  std::string folder =
      (std::filesystem::temp_directory_path() / "scoretrain-XXXXXX").string();
  if (::mkdtemp(folder.data()) == nullptr) {
    return absl::ErrnoToStatus(errno, absl::StrCat("cannot make ", folder));
  }
  const std::string path = folder + "/curve.png";
  const absl::Status written = WritePng(chart, path);
  std::ostringstream bytes;
  if (written.ok()) bytes << std::ifstream(path, std::ios::binary).rdbuf();
  std::error_code ignored;
  std::filesystem::remove_all(folder, ignored);
  if (!written.ok()) return written;
  return std::move(bytes).str();
}

}  // namespace

absl::StatusOr<std::map<std::string, std::string>> CurveFiles(
    const TrainingOutcome& outcome) {
  absl::StatusOr<std::string> png = Png(LossChart(outcome));
  if (!png.ok()) return png.status();
  return std::map<std::string, std::string>{{"curve.csv", Csv(outcome)},
                                            {"curve.png", *std::move(png)}};
}

}  // namespace scoreserve
