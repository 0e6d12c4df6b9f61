#include "models/cmd/curve.h"

#include <stdlib.h>

#include <cerrno>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "models/plots/chart.h"

namespace scoreserve {
namespace {

std::string Csv(const std::vector<CurvePoint>& curve) {
  std::string csv = "step,loss,hold_out_loss\n";
  for (const CurvePoint& point : curve) {
    absl::StrAppendFormat(&csv, "%d,%.6g,", point.step, point.loss);
    if (!std::isnan(point.hold_out)) {
      absl::StrAppendFormat(&csv, "%.6g", point.hold_out);
    }
    absl::StrAppend(&csv, "\n");
  }
  return csv;
}

Chart LossChart(const std::vector<CurvePoint>& curve) {
  LineLayer training = {.name = "training batches"};
  LineLayer hold_out = {.name = "held-out rows, averaged weights"};
  for (const CurvePoint& point : curve) {
    const double step = static_cast<double>(point.step);
    training.points.push_back({step, point.loss});
    if (!std::isnan(point.hold_out)) {
      hold_out.points.push_back({step, point.hold_out});
    }
  }
  Chart chart = {.title = "Loss in training",
                 .x = {.label = "step"},
                 .y = {.label = "loss"},
                 .layers = {training}};
  if (!hold_out.points.empty()) chart.layers.push_back(hold_out);
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
    const std::vector<CurvePoint>& curve) {
  absl::StatusOr<std::string> png = Png(LossChart(curve));
  if (!png.ok()) return png.status();
  return std::map<std::string, std::string>{{"curve.csv", Csv(curve)},
                                            {"curve.png", *std::move(png)}};
}

}  // namespace scoreserve
