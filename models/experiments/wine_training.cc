#include "models/experiments/wine_training.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <limits>
#include <numbers>
#include <tuple>
#include <utility>
#include <vector>

#include "ATen/ops/empty.h"
#include "ATen/ops/full.h"
#include "ATen/ops/linalg_eigh.h"
#include "c10/core/GradMode.h"
#include "models/networks/dkef_fit.h"
#include "models/objectives/exact.h"
#include "models/training/adam.h"
#include "models/training/batch_law.h"

namespace scoreserve {
namespace {

constexpr int64_t kRowsAtOnce = 200;
constexpr AdamOptions kAdam = {.beta1 = 0.9, .beta2 = 0.999, .epsilon = 1e-8};

// Steps of draws that no training step takes.
constexpr uint32_t kFitDraws = 1u << 30, kValidationDraws = kFitDraws + 1;

// `of(rows, number of the first, their share of all)` for all rows of x.
template <typename Of>
void Pieces(const at::Tensor& x, const Of& of) {
  for (int64_t first = 0; first < x.size(0); first += kRowsAtOnce) {
    const int64_t count = std::min(kRowsAtOnce, x.size(0) - first);
    of(x.narrow(0, first, count), static_cast<uint32_t>(first),
       static_cast<double>(count) / static_cast<double>(x.size(0)));
  }
}

DkefQuadratic QuadraticOver(WineLoss loss, const DkefKernel& kernel,
                            const at::Tensor& x, NoiseKey key) {
  DkefQuadratic sum;
  Pieces(x, [&](const at::Tensor& rows, uint32_t first, double share) {
    key.row = first;
    const DkefQuadratic part = QuadraticOf(TermsOf(loss, kernel, rows, key));
    const auto add = [share](at::Tensor& to, const at::Tensor& what) {
      const at::Tensor weighed = what.to(at::kDouble).mul(share);
      to = to.defined() ? to.add(weighed) : weighed;
    };
    add(sum.gram, part.gram);
    add(sum.linear, part.linear);
    add(sum.constant, part.constant);
  });
  return sum;
}

double LossOver(WineLoss loss, const DkefKernel& kernel, const at::Tensor& x,
                const at::Tensor& alpha, NoiseKey key) {
  double sum = 0.0;
  Pieces(x, [&](const at::Tensor& rows, uint32_t first, double share) {
    key.row = first;
    sum += share * MeanLossOf(loss, kernel, rows, alpha, key).item<double>();
  });
  return sum;
}

// α of `fit` for the λ at which it does best on `validation`, by Adam from
// `log_lambda`. In the eigenbasis of the fit's G an α costs no solution.
at::Tensor FitWithRidge(const DkefQuadratic& fit,
                        const DkefQuadratic& validation,
                        const at::Tensor& log_lambda, int64_t steps) {
  // Not as a structured binding, which clang 14 lets no lambda refer to.
  at::Tensor values, axes;
  std::tie(values, axes) = at::linalg_eigh(fit.gram);
  const at::Tensor target = axes.t().matmul(fit.linear).neg();
  const DkefQuadratic turned = {
      .gram = axes.t().matmul(validation.gram).matmul(axes),
      .linear = axes.t().matmul(validation.linear),
      .constant = validation.constant};
  at::Tensor ridge =
      log_lambda.detach().to(at::kDouble).clone().requires_grad_(true);
  const auto alpha = [&] {
    return target.div(values.add(ridge.mul(std::numbers::ln10).exp()));
  };
  Adam adam({ridge}, kAdam);
  for (int64_t step = 0; step < steps; ++step) {
    const c10::AutoGradMode recording(true);
    MeanLoss(turned, alpha()).backward();
    adam.Step({std::exchange(ridge.mutable_grad(), at::Tensor())}, 1e-3);
  }
  const c10::NoGradGuard no_grad;
  return axes.matmul(alpha());
}

class Training {
 public:
  Training(const WineData& data, WineLoss loss, const WineOptions& options,
           uint64_t seed)
      : data_(data),
        loss_(loss),
        options_(options),
        seed_(seed),
        weights_(Start(data, options, seed)),
        log_lambda_(at::full({}, -2.0f)),
        leaves_(Leaves()),
        adam_(leaves_, kAdam) {}

  WineRun Run() {
    WineRun run;
    std::vector<double> times;
    double best = std::numeric_limits<double>::infinity();
    std::vector<at::Tensor> best_leaves = Copy();
    for (int64_t step = 0;; ++step) {
      if (step % options_.check_every == 0 || step == options_.steps) {
        const double validation = Check(step, run);
        if (validation < best) {
          best = validation;
          best_leaves = Copy();
          run.best_step = step;
        }
      }
      if (step == options_.steps || step - run.best_step >= options_.patience) {
        break;
      }
      const std::clock_t begin = std::clock();
      // A loss that is not finite ends it: the best weights are kept.
      if (!Step(step)) break;
      times.push_back(1e3 * static_cast<double>(std::clock() - begin) /
                      CLOCKS_PER_SEC);
    }
    Restore(best_leaves);
    const at::Tensor losses = HeldOutAtTheEnd();
    run.held_out = losses.mean().item<double>();
    run.held_out_unlike =
        losses.masked_select(data_.unlike).mean().item<double>();
    std::sort(times.begin(), times.end());
    if (!times.empty()) run.step_ms = times[times.size() / 2];
    return run;
  }

 private:
  // Fresh, with points that are training rows.
  static DkefWeights Start(const WineData& data, const WineOptions& options,
                           uint64_t seed) {
    DkefWeights weights =
        FreshDkefWeights(options.family, data.train.size(1), seed);
    weights.points = data.train.narrow(0, 0, options.family.points).clone();
    return weights;
  }

  std::vector<at::Tensor> Leaves() {
    std::vector<at::Tensor> leaves = {log_lambda_};
    for (auto& [name, weight] : weights_.Named()) {
      if (name != "alpha") leaves.push_back(weight);
    }
    for (at::Tensor& leaf : leaves) leaf.requires_grad_(true);
    return leaves;
  }

  std::vector<at::Tensor> Copy() const {
    std::vector<at::Tensor> copies;
    for (const at::Tensor& leaf : leaves_) {
      copies.push_back(leaf.detach().clone());
    }
    return copies;
  }

  void Restore(const std::vector<at::Tensor>& copies) {
    const c10::NoGradGuard no_grad;
    for (size_t i = 0; i < leaves_.size(); ++i) leaves_[i].copy_(copies[i]);
  }

  NoiseKey Key(uint32_t step) const { return {.seed = seed_, .step = step}; }

  // One step of Adam. False, and nothing done, where its loss is not finite.
  bool Step(int64_t step) {
    const c10::AutoGradMode recording(true);
    const at::Tensor index = at::empty({options_.batch}, at::kLong);
    FillBatch(seed_, step, data_.train.size(0),
              {index.mutable_data_ptr<int64_t>(),
               static_cast<size_t>(options_.batch)});
    const auto halves = data_.train.index_select(0, index).chunk(2);
    const DkefKernel kernel(weights_);
    NoiseKey key = Key(static_cast<uint32_t>(step));
    const at::Tensor alpha = FitAlpha(
        QuadraticOf(TermsOf(loss_, kernel, halves[0], key)), log_lambda_);
    key.row = static_cast<uint32_t>(halves[0].size(0));
    const at::Tensor mean = MeanLossOf(loss_, kernel, halves[1], alpha, key);
    if (!std::isfinite(mean.item<double>())) return false;
    mean.backward();
    std::vector<at::Tensor> gradients;
    double squares = 0.0;
    for (at::Tensor& leaf : leaves_) {
      gradients.push_back(std::exchange(leaf.mutable_grad(), at::Tensor()));
      squares += gradients.back().square().sum().item<double>();
    }
    const double norm = std::sqrt(squares);
    if (!std::isfinite(norm)) return false;
    if (norm > options_.gradient_clip) {
      for (at::Tensor& gradient : gradients) {
        gradient.mul_(options_.gradient_clip / norm);
      }
    }
    adam_.Step(gradients, options_.learning_rate);
    return true;
  }

  // The loss on validation rows, with α of some of the training rows.
  double Check(int64_t step, WineRun& run) const {
    const c10::NoGradGuard no_grad;
    const DkefKernel kernel(weights_);
    const at::Tensor rows = data_.train.narrow(
        0, 0, std::min(options_.fit_rows, data_.train.size(0)));
    const at::Tensor alpha =
        FitAlpha(QuadraticOver(loss_, kernel, rows, Key(kFitDraws)),
                 log_lambda_)
            .to(at::kFloat);
    run.checks.push_back({.step = step, .held_out = HeldOut(kernel, alpha)});
    return LossOver(loss_, kernel, data_.validation, alpha,
                    Key(kValidationDraws));
  }

  double HeldOut(const DkefKernel& kernel, const at::Tensor& alpha) const {
    return LossOver(WineLoss::kExact, kernel, data_.test, alpha, {});
  }

  // By the objective itself, of the network that could be served.
  at::Tensor HeldOutAtTheEnd() const {
    const c10::NoGradGuard no_grad;
    const DkefKernel kernel(weights_);
    DkefWeights fitted = weights_;
    fitted.alpha =
        FitWithRidge(QuadraticOver(loss_, kernel, data_.train, Key(kFitDraws)),
                     QuadraticOver(loss_, kernel, data_.validation,
                                   Key(kValidationDraws)),
                     log_lambda_, options_.ridge_steps)
            .to(at::kFloat);
    Workspace workspace;
    return ExactLosses(*DkefOf(fitted), {.x = data_.test}, workspace);
  }

  const WineData& data_;
  const WineLoss loss_;
  const WineOptions options_;
  const uint64_t seed_;
  DkefWeights weights_;
  at::Tensor log_lambda_;
  std::vector<at::Tensor> leaves_;  // The weights but for α, and log₁₀ λ.
  Adam adam_;
};

}  // namespace

WineRun TrainOnWine(const WineData& data, WineLoss loss,
                    const WineOptions& options, uint64_t seed) {
  return Training(data, loss, options, seed).Run();
}

}  // namespace scoreserve
