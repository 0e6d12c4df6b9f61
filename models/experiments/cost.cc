#include "models/experiments/cost.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "models/experiments/cost_trainings.h"
#include "models/experiments/step_times.h"
#include "models/networks/score_network.h"
#include "models/objectives/sliced.h"

namespace scoreserve {
namespace {

std::string Number(double value) { return absl::StrFormat("%.3g", value); }

// One bar of the summary.
struct Bar {
  std::string what;
  double value;
  double limit;
  bool at_most;
};

std::vector<std::string> Row(const Bar& bar) {
  const bool holds =
      bar.at_most ? bar.value <= bar.limit : bar.value >= bar.limit;
  return {bar.what,
          absl::StrCat(bar.at_most ? "at most " : "at least ", bar.limit),
          absl::StrFormat("%.2f", bar.value), holds ? "yes" : "**no**"};
}

// What differs between a run and a brief one.
struct Size {
  std::vector<int64_t> dims;  // The second and the last are compared.
  std::vector<int64_t> score_dims;
  int64_t width, energy_dim, energy_width, batch, rounds;
};

Size SizeOf(bool brief) {
  if (brief) {
    return {.dims = {4, 8},
            .score_dims = {4},
            .width = 8,
            .energy_dim = 8,
            .energy_width = 8,
            .batch = 8,
            .rounds = 1};
  }
  return {.dims = {10, 25, 50, 100, 200, 400},
          .score_dims = {64, 256, 784},
          .width = 256,
          .energy_dim = 784,
          .energy_width = 512,
          .batch = 128,
          .rounds = 30};
}

class Cost {
 public:
  explicit Cost(const ExperimentSettings& settings)
      : seed_(settings.seed), size_(SizeOf(settings.brief)) {}

  absl::StatusOr<ExperimentReport> Run() {
    for (const auto part : {&Cost::ByDimension, &Cost::Energies,
                            &Cost::Differences, &Cost::Derivatives}) {
      absl::Status measured = (this->*part)();
      if (!measured.ok()) return measured;
    }
    std::vector<std::vector<std::string>> bars = {
        {"figure", "bar", "measured", "holds"}};
    for (const Bar& bar : bars_) bars.push_back(Row(bar));
    report_.text = absl::StrCat(
        "What one training step costs: forward, backward and Adam, batch ",
        size_.batch, ", the median of ", size_.rounds,
        " steps that the objectives took in turn.\n\n", MarkdownTable(bars),
        "\n", report_.text,
        "\nSliced objectives cost a fixed number of passes whatever the "
        "dimension; exact score matching takes one backward pass for each "
        "coordinate. Finite differences halve the work of an energy network, "
        "whose score is already a derivative; on a processor that gain is an "
        "energy network's, and a score network's difference costs what its "
        "derivative does.\n");
    return std::move(report_);
  }

 private:
  absl::Status ByDimension() {
    const std::vector<TimedTraining> trainings = OfScores(size_.width);
    std::vector<std::string> head = {"D"};
    std::vector<LineLayer> lines;
    for (const TimedTraining& training : trainings) {
      head.push_back(absl::StrCat(training.name, ", ms"));
      lines.push_back({.name = training.name});
    }
    std::vector<std::vector<std::string>> table = {head};
    std::vector<std::vector<double>> ratios;  // To DSM.
    for (const int64_t dim : size_.dims) {
      const auto costs = MeasureByDimension(trainings, dim);
      if (!costs.ok()) return costs.status();
      table.push_back({absl::StrCat(dim)});
      ratios.emplace_back();
      for (size_t i = 0; i < costs->size(); ++i) {
        const double time = (*costs)[i].milliseconds;
        table.back().push_back(Number(time));
        ratios.back().push_back(time / costs->front().milliseconds);
        lines[i].points.push_back({static_cast<double>(dim), time});
      }
      if (dim == 100) {
        bars_.push_back({"exact SM / SSM at D = 100",
                         (*costs)[4].milliseconds / (*costs)[1].milliseconds,
                         10.0, false});
      }
    }
    // 25 and 400 of a full run.
    const std::vector<double>&low = ratios[1], &high = ratios.back();
    bars_.push_back({"(SSM-VR / DSM at D = 400) / (that at D = 25)",
                     high[2] / low[2], 1.15, true});
    bars_.push_back({"(exact SM / DSM at D = 400) / (that at D = 25)",
                     high[4] / low[4], 8.0, false});
    absl::StrAppend(&report_.text, "Score network D-", size_.width, "-",
                    size_.width, "-D:\n\n", MarkdownTable(table), "\n");
    Chart chart = {.title = "A training step of a score network",
                   .x = {.label = "dimension", .log = true},
                   .y = {.label = "ms", .log = true}};
    for (LineLayer& line : lines) chart.layers.push_back(std::move(line));
    report_.pictures.push_back({"cost", {std::move(chart)}});
    return absl::OkStatus();
  }

  // The last training, exact score matching, has its turns alone: it leaves
  // cold caches, which whoever came next would pay for.
  absl::StatusOr<std::vector<StepCost>> MeasureByDimension(
      const std::vector<TimedTraining>& trainings, int64_t dim) const {
    const at::Tensor rows = WhiteRows(dim, seed_);
    auto costs = MeasureSteps({trainings.begin(), trainings.end() - 1}, rows,
                              size_.batch, size_.rounds);
    if (!costs.ok()) return costs;
    const auto exact = MeasureSteps({trainings.back()}, rows, size_.batch,
                                    (size_.rounds + 2) / 3);
    if (!exact.ok()) return exact;
    costs->push_back(exact->front());
    return costs;
  }

  absl::Status Energies() {
    const std::vector<TimedTraining> trainings = OfEnergies(size_.energy_width);
    const auto costs =
        MeasureSteps(trainings, WhiteRows(size_.energy_dim, seed_), size_.batch,
                     size_.rounds);
    if (!costs.ok()) return costs.status();
    std::vector<std::vector<std::string>> table = {
        {"objective", "ms", "MiB at once", "time / SSM", "memory / SSM"}};
    const StepCost& sliced = costs->front();
    for (size_t i = 0; i < costs->size(); ++i) {
      const StepCost& cost = (*costs)[i];
      table.push_back({trainings[i].name, Number(cost.milliseconds),
                       Number(cost.mebibytes),
                       Number(cost.milliseconds / sliced.milliseconds),
                       Number(cost.mebibytes / sliced.mebibytes)});
    }
    const StepCost& differences = (*costs)[2];
    bars_.push_back({"energies: FD-SSM / SSM, time",
                     differences.milliseconds / sliced.milliseconds, 0.65,
                     true});
    bars_.push_back({"energies: FD-SSM / SSM, memory",
                     differences.mebibytes / sliced.mebibytes, 1.0, true});
    absl::StrAppend(&report_.text, "Energy network ", size_.energy_dim, "-",
                    size_.energy_width, "-", size_.energy_width, "-1:\n\n",
                    MarkdownTable(table), "\n");
    return absl::OkStatus();
  }

  absl::Status Differences() {
    std::vector<std::vector<std::string>> table = {
        {"D", "SSM-VR, ms", "FD-SSM-VR, ms", "ratio"}};
    const std::vector<TimedTraining> all = OfScores(size_.width);
    for (const int64_t dim : size_.score_dims) {
      const auto costs = MeasureSteps({all[2], all[3]}, WhiteRows(dim, seed_),
                                      size_.batch, size_.rounds);
      if (!costs.ok()) return costs.status();
      const double ratio = (*costs)[1].milliseconds / (*costs)[0].milliseconds;
      table.push_back({absl::StrCat(dim), Number((*costs)[0].milliseconds),
                       Number((*costs)[1].milliseconds), Number(ratio)});
      bars_.push_back({absl::StrCat("scores: FD-SSM-VR / SSM-VR at D = ", dim),
                       ratio, 1.0, true});
    }
    absl::StrAppend(&report_.text, "The same score network:\n\n",
                    MarkdownTable(table));
    return absl::OkStatus();
  }

  // Of the loss and its gradient alone.
  absl::Status Derivatives() {
    std::vector<std::vector<std::string>> table = {
        {"D", "double backward, ms", "forward mode, ms", "ratio"}};
    for (const int64_t dim : size_.score_dims) {
      ModelConfig config;
      config.network = "mlp";
      config.network_options = WidthOption(size_.width);
      config.data.shape = {dim};
      const auto network = NewNetwork(config, seed_);
      if (!network.ok()) return network.status();
      for (const auto& [name, weight] : (*network)->Weights()) {
        weight.requires_grad_(true);
      }
      const ScoreInput input = {
          .x = WhiteRows(dim, seed_).narrow(0, 0, size_.batch)};
      const at::Tensor v =
          WhiteRows(dim, seed_ + 1).narrow(0, 0, size_.batch).unsqueeze(1);
      Workspace workspace;
      const auto by = [&](Differentiation differentiation) {
        return [&, differentiation] {
          SlicedLosses(**network, input, v, /*variance_reduction=*/true,
                       workspace, differentiation)
              .mean()
              .backward();
          return absl::OkStatus();
        };
      };
      const auto costs = MeasureInTurns({by(Differentiation::kDoubleBackward),
                                         by(Differentiation::kForwardMode)},
                                        size_.rounds);
      if (!costs.ok()) return costs.status();
      const double back = costs->front().milliseconds;
      const double forward = costs->back().milliseconds;
      table.push_back({absl::StrCat(dim), Number(back), Number(forward),
                       Number(forward / back)});
    }
    absl::StrAppend(&report_.text,
                    "\nSSM-VR's loss and gradient two ways, of "
                    "which training takes the first:\n\n",
                    MarkdownTable(table));
    return absl::OkStatus();
  }

  const uint64_t seed_;
  const Size size_;
  ExperimentReport report_;
  std::vector<Bar> bars_;
};

absl::StatusOr<ExperimentReport> Run(const ExperimentSettings& settings) {
  return Cost(settings).Run();
}

}  // namespace

Experiment CostExperiment() {
  return {.name = "cost",
          .title = "The cost of a training step, by objective and dimension",
          .run = Run};
}

}  // namespace scoreserve
