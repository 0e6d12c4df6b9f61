#include "models/experiments/wine.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "models/experiments/wine_data.h"
#include "models/experiments/wine_losses.h"
#include "models/experiments/wine_training.h"

namespace scoreserve {
namespace {

// The runs of one file, [loss][seed].
using Runs = std::vector<std::vector<WineRun>>;

WineOptions OptionsFor(bool brief) {
  if (!brief) return {};
  WineOptions options;
  options.family = {.points = 4, .kernels = 2, .width = 3, .envelope = 2.0};
  options.batch = 20;
  options.steps = 2;
  options.check_every = 1;
  options.fit_rows = 20;
  options.ridge_steps = 2;
  return options;
}

absl::StatusOr<Runs> RunAll(const ExperimentSettings& settings,
                            const std::string& name, uint64_t seeds) {
  Runs runs(WineLosses().size());
  for (uint64_t i = 0; i < seeds; ++i) {
    const uint64_t seed = settings.seed + i;
    absl::StatusOr<WineData> data = ReadWine(
        absl::StrCat(settings.data, "/winequality-", name, ".csv"), seed);
    if (!data.ok()) return data.status();
    for (size_t l = 0; l < runs.size(); ++l) {
      const auto& [loss, loss_name] = WineLosses()[l];
      runs[l].push_back(
          TrainOnWine(*data, loss, OptionsFor(settings.brief), seed));
      const WineRun& run = runs[l].back();
      std::fprintf(stderr, "%s, seed %d, %s: %.3f after %d of %d steps\n",
                   name.c_str(), static_cast<int>(seed), loss_name.c_str(),
                   run.held_out, static_cast<int>(run.best_step),
                   static_cast<int>(run.checks.back().step));
    }
  }
  return runs;
}

std::string MeanAndDeviation(const std::vector<double>& values) {
  double sum = 0.0, squares = 0.0;
  for (const double value : values) sum += value;
  const auto count = static_cast<double>(values.size());
  for (const double value : values) {
    squares += (value - sum / count) * (value - sum / count);
  }
  std::string text = absl::StrFormat("%.2f", sum / count);
  if (values.size() > 1) {
    absl::StrAppendFormat(&text, " ± %.2f", std::sqrt(squares / (count - 1.0)));
  }
  return text;
}

std::string Table(const Runs& runs) {
  std::vector<std::vector<std::string>> table = {
      {"trained by", "held-out exact SM loss", "minus exact SM's",
       "on rows unlike any in training", "best step", "ms of CPU a step"}};
  for (size_t l = 0; l < runs.size(); ++l) {
    std::vector<double> held_out, less, unlike;
    double steps = 0.0, ms = 0.0;
    const auto seeds = static_cast<double>(runs[l].size());
    for (size_t i = 0; i < runs[l].size(); ++i) {
      held_out.push_back(runs[l][i].held_out);
      less.push_back(runs[l][i].held_out - runs[0][i].held_out);
      unlike.push_back(runs[l][i].held_out_unlike);
      steps += static_cast<double>(runs[l][i].best_step) / seeds;
      ms += runs[l][i].step_ms / seeds;
    }
    table.push_back({WineLosses()[l].second, MeanAndDeviation(held_out),
                     l == 0 ? "" : MeanAndDeviation(less),
                     MeanAndDeviation(unlike), absl::StrFormat("%.0f", steps),
                     absl::StrFormat("%.1f", ms)});
  }
  return MarkdownTable(table);
}

// The first seed's.
Chart Curves(const Runs& runs, const std::string& title) {
  Chart chart = {.title = title,
                 .x = {.label = "step"},
                 .y = {.label = "held-out exact SM loss"}};
  for (size_t l = 0; l < runs.size(); ++l) {
    LineLayer line = {.name = WineLosses()[l].second};
    for (const WineCheck& check : runs[l].front().checks) {
      line.points.push_back({static_cast<double>(check.step), check.held_out});
    }
    chart.layers.push_back(std::move(line));
  }
  return chart;
}

constexpr char kProtocol[] = R"(
All train one family, of 200 points and three kernels after maps of width 30, as
Song, Garg, Shi and Ermon (2019) did: α in closed form from half of a batch of
200 rows, the loss under that α from the other half, Adam at 0.01 until 200
steps bring nothing better on validation rows, whose best weights are kept, or
for 1,200 steps, where the paper has 500 epochs; at the end λ from validation
rows and α from all training rows. DSM has noise 0.16, FD-SSM steps of length
0.1. CP is propagated curvature, the α to go with it that of SSM-VR. Each seed
is another split, dequantisation and start; ± is a standard deviation over
seeds, and the third column is of differences at the same seed. The fourth
leaves out test rows that repeat a training row, which many do. The curves are
the first seed's, under an α of 400 training rows. The Parkinsons telemonitoring
data of the paper are not used.
)";

constexpr char kReading[] = R"(
What it shows, at seed 1:

- CP is last on both wines, though at one of the red seeds FD-SSM is behind it.
- Four splits of red do not tell exact SM, SSM-VR, SSM and DSM apart: the
  differences are smaller than their own deviations. FD-SSM is behind them
  there, and between SSM and SSM-VR on white.
- On white exact SM leads and DSM, which learns the density with its noise, is
  far behind; on red the same noise does no harm.
- A step of SSM costs a third of one of exact SM in these 11 dimensions, and by
  the curves it takes about twice as many to the same loss: little is gained so
  far below the dimensions that slicing is for.
- SSM-VR saves nothing here, because the closed form of α takes the gradient of
  every feature. Nor is FD-SSM faster than SSM: second derivatives are carried
  forward along a direction with the values, not by a second backward pass.
- Losses of single rows have heavy tails. The curve of one run jumps by 10 and
  more between checks, and single seeds rank the losses differently.
)";

absl::StatusOr<ExperimentReport> Run(const ExperimentSettings& settings) {
  const uint64_t red_seeds = settings.brief ? 1 : 4;
  const absl::StatusOr<Runs> red = RunAll(settings, "red", red_seeds);
  if (!red.ok()) return red.status();
  ExperimentReport report;
  report.text =
      absl::StrCat("Red wine, ", red_seeds, " seeds:\n\n", Table(*red));
  std::vector<Chart> charts = {Curves(*red, "Red wine")};
  if (!settings.brief) {
    const absl::StatusOr<Runs> white = RunAll(settings, "white", 1);
    if (!white.ok()) return white.status();
    absl::StrAppend(&report.text, "\nWhite wine, one seed:\n\n", Table(*white));
    charts.push_back(Curves(*white, "White wine"));
  }
  report.text += kProtocol;
  if (!settings.brief) report.text += kReading;
  report.pictures = {{"wine", charts}};
  return report;
}

}  // namespace

Experiment WineExperiment() {
  return {.name = "wine",
          .title = "Score matching of a deep kernel family on wine",
          .run = Run};
}

}  // namespace scoreserve
