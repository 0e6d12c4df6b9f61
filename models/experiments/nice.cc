#include "models/experiments/nice.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "ATen/ops/empty.h"
#include "ATen/ops/logit.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "c10/core/InferenceMode.h"
#include "models/experiments/digit_rows.h"
#include "models/experiments/likelihood.h"
#include "models/objectives/exact.h"
#include "models/samplers/noise.h"
#include "models/training/trainer.h"

namespace scoreserve {
namespace {

constexpr char kWhatItSays[] =
    "A lower score matching loss is not a higher likelihood. SSM-VR ends with "
    "the lowest of the one and of the other; its run shows why in the picture: "
    "the likelihood rises at first, and falls from then on while the loss that "
    "is trained still falls. Both losses would have their optimum at the "
    "density of the data, but a flow that cannot be that density has to "
    "choose, and narrow directions, whose scores are large, count for most in "
    "score matching; how much mass lies in which part counts for little. "
    "Maximum likelihood in turn is better at score matching than SSM, whose "
    "square of vᵀs is the noisier estimate and trains more slowly.\n\nDSM "
    "learns the density of rows with noise of its σ, so its figures on clean "
    "rows carry that bias. FD-SSM is SSM by finite differences along the same "
    "directions: their lines lie on each other. Pixels that were brought to "
    "1e-3 from an end lie on a point, where a density can grow without bound, "
    "which lowers a score matching loss and is no merit; with 17 grey values "
    "they are 1.7 % of the black and of the white pixels.\n";

// What differs between a run and a brief one.
struct Size {
  int64_t width, copies, batch, steps, points, test_rows;
};

Size SizeOf(bool brief) {
  if (brief) {
    return {.width = 8,
            .copies = 1,
            .batch = 8,
            .steps = 2,
            .points = 1,
            .test_rows = 4};
  }
  return {.width = 256,
          .copies = 32,
          .batch = 128,
          .steps = 2000,
          .points = 20,
          .test_rows = 1 << 20};
}

// Pixels 0 … 16, `copies` times in a row, each with uniform noise of its own:
// logit of (pixel + u)/17, held 1e-3 away from 0 and 1.
at::Tensor Dequantised(const at::Tensor& pixels, int64_t copies,
                       uint64_t seed) {
  const at::Tensor all = pixels.repeat({copies, 1});
  const at::Tensor u = at::empty(all.sizes(), at::kDouble);
  FillUniforms(NoiseKey{.seed = seed}, Purpose::kUser, all.size(0), kPixels,
               u.mutable_data_ptr<double>());
  return all.to(at::kDouble)
      .add(u)
      .div(17.0)
      .clamp(1e-3, 1.0 - 1e-3)
      .logit()
      .to(at::kFloat);
}

struct Method {
  std::string name;
  std::string objective;  // Empty: maximum likelihood.
  OptionValues options;
};

std::vector<Method> Methods() {
  return {{"MLE", "", {}},
          {"SSM-VR", "sliced", {}},
          {"SSM", "sliced", {{"variance_reduction", false}}},
          {"FD-SSM", "fd_sliced", {{"variance_reduction", false}}},
          {"DSM, σ = 0.1", "denoising", {{"noise_level", 0.1}}},
          {"DSM, σ = 1.74", "denoising", {{"noise_level", 1.74}}}};
}

// Means over rows, in nats and in model space.
struct Figures {
  double score_matching = 0.0;
  double log_likelihood = 0.0;
};

Figures Measure(const ScoreNetwork& network, const at::Tensor& rows) {
  const c10::InferenceMode inference;
  Workspace workspace;
  const ScoreInput input = {.x = rows};
  return {.score_matching =
              ExactLosses(network, input, workspace).mean().item<double>(),
          .log_likelihood =
              -network.Energy(input, workspace).mean().item<double>()};
}

class NiceExperiment {
 public:
  NiceExperiment(const ExperimentSettings& settings, const DigitRows& digits)
      : seed_(settings.seed), size_(SizeOf(settings.brief)) {
    const auto first = [](const at::Tensor& rows, int64_t count) {
      return rows.narrow(0, 0, std::min(count, rows.size(0)));
    };
    training_ = Dequantised(digits.training, size_.copies, seed_);
    test_ = first(Dequantised(digits.test, 1, ~seed_), size_.test_rows);
    // Of which figures are taken: as many as of the test rows.
    seen_ = first(training_, test_.size(0));
    config_.network = "nice";
    config_.network_options = {{"width", size_.width}};
    config_.data.shape = {kPixels};
  }

  absl::StatusOr<ExperimentReport> Run() {
    Chart likelihood = {.title = "Log-likelihood of test rows",
                        .x = {.label = "step"},
                        .y = {.label = "nats a row"}};
    Chart losses = {.title = "Exact score matching loss of test rows",
                    .x = {.label = "step"},
                    .y = {.label = "loss a row"}};
    Chart both = {.title = "At the end",
                  .x = {.label = "log-likelihood, nats a row"},
                  .y = {.label = "score matching loss a row"}};
    std::vector<std::vector<std::string>> table = {
        {"trained by", "SM loss, test", "log-likelihood, test",
         "SM loss, training", "log-likelihood, training", "seconds of CPU"}};
    for (const Method& method : Methods()) {
      const absl::Status trained = Train(method);
      if (!trained.ok()) return trained;
      table.push_back({method.name, Number(curve_.back().score_matching),
                       Number(curve_.back().log_likelihood),
                       Number(on_seen_.score_matching),
                       Number(on_seen_.log_likelihood),
                       absl::StrFormat("%.0f", seconds_)});
      LineLayer of_likelihood = {.name = method.name};
      LineLayer of_loss = {.name = method.name};
      for (size_t i = 0; i < curve_.size(); ++i) {
        const int64_t done =
            static_cast<int64_t>(i) * size_.steps / size_.points;
        const auto step = static_cast<double>(done);
        of_likelihood.points.push_back({step, curve_[i].log_likelihood});
        of_loss.points.push_back({step, curve_[i].score_matching});
      }
      likelihood.layers.push_back(std::move(of_likelihood));
      losses.layers.push_back(std::move(of_loss));
      both.layers.push_back(
          ScatterLayer{.name = method.name,
                       .points = {{curve_.back().log_likelihood,
                                   curve_.back().score_matching}},
                       .radius = 4.0});
    }
    ExperimentReport report;
    report.text = absl::StrCat(
        "NICE (", "4 couplings of width ", size_.width,
        ") on the 8 × 8 digits, which stand in for MNIST: logits of (pixel + "
        "u)/17 held 1e-3 away from 0 and 1, a tenth of the rows for tests, "
        "training rows with ",
        size_.copies, " draws of u each; the standard deviation of all is ",
        Number(training_.std().item<double>()), ". ", size_.steps,
        " steps of batch ", size_.batch,
        ", Adam, the averaged weights. Both figures are means a row of "
        "the same ",
        test_.size(0), " test rows, and of as many of the training rows.\n\n",
        MarkdownTable(table), "\n", kWhatItSays);
    report.pictures.push_back(
        {"nice", {std::move(likelihood), std::move(losses), std::move(both)}});
    return report;
  }

 private:
  static std::string Number(double value) {
    return absl::StrFormat("%.1f", value);
  }

  absl::Status Train(const Method& method) {
    std::fprintf(stderr, "%s\n", method.name.c_str());
    std::unique_ptr<const Objective> objective;
    if (method.objective.empty()) {
      objective = NewLikelihood();
    } else {
      auto found = NewObjective(method.objective, method.options, config_);
      if (!found.ok()) return found.status();
      objective = *std::move(found);
    }
    auto trainer = Trainer::New(
        config_, std::move(objective),
        {.batch = size_.batch, .steps = size_.steps, .gradient_clip = 100.0},
        seed_);
    if (!trainer.ok()) return trainer.status();
    std::clock_t time = 0;
    curve_ = {Measure((*trainer)->averaged(), test_)};
    for (int64_t point = 1; point <= size_.points; ++point) {
      const std::clock_t start = std::clock();
      while ((*trainer)->steps_done() < point * size_.steps / size_.points) {
        const absl::Status stepped =
            (*trainer)->Step({.x = training_}).status();
        if (!stepped.ok()) return stepped;
      }
      time += std::clock() - start;
      curve_.push_back(Measure((*trainer)->averaged(), test_));
    }
    on_seen_ = Measure((*trainer)->averaged(), seen_);
    seconds_ = static_cast<double>(time) / CLOCKS_PER_SEC;
    return absl::OkStatus();
  }

  uint64_t seed_;
  Size size_;
  ModelConfig config_;
  at::Tensor training_, test_, seen_;
  // Of the method that was trained last: at the beginning, and after each part
  // of the steps.
  std::vector<Figures> curve_;
  Figures on_seen_;
  double seconds_ = 0.0;
};

absl::StatusOr<ExperimentReport> Run(const ExperimentSettings& settings) {
  const absl::StatusOr<DigitRows> digits =
      ReadDigits(settings.data, settings.seed);
  if (!digits.ok()) return digits.status();
  return NiceExperiment(settings, *digits).Run();
}

}  // namespace

Experiment NiceExperiment() {
  return {.name = "nice",
          .title = "A flow trained by likelihood and by score matching",
          .run = Run};
}

}  // namespace scoreserve
