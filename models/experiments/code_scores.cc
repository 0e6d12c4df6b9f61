#include "models/experiments/code_scores.h"

#include <string>
#include <utility>
#include <vector>

#include "ATen/ops/cat.h"
#include "ATen/ops/empty_like.h"
#include "c10/core/GradMode.h"
#include "models/networks/perceptron.h"
#include "models/networks/score_network.h"
#include "models/objectives/directions.h"
#include "models/objectives/sliced.h"
#include "models/samplers/noise.h"
#include "models/training/adam.h"
#include "models/training/trainer.h"
#include "torch/csrc/autograd/autograd.h"

namespace scoreserve {
namespace {

// s(z) of the rows that it is shown beside z.
class BesideRows final : public ScoreNetwork {
 public:
  BesideRows(int64_t codes, int64_t context, int64_t width, uint64_t seed)
      : codes_(codes),
        perceptron_({codes + context, width, width, codes},
                    Activation::kSoftplus, seed) {}

  void Show(const at::Tensor& x) { x_ = x; }

  int64_t dim() const override { return codes_; }
  LabelKind label_kind() const override { return LabelKind::kNone; }
  at::Tensor Score(const ScoreInput& input,
                   Workspace& workspace) const override {
    workspace.Begin();
    return perceptron_.Forward(
        x_.defined() ? at::cat({input.x, x_}, 1) : input.x, workspace);
  }
  std::vector<std::pair<std::string, at::Tensor>> Weights() const override {
    std::vector<std::pair<std::string, at::Tensor>> weights;
    perceptron_.AddWeights("", weights);
    return weights;
  }

 private:
  int64_t codes_;
  Perceptron perceptron_;
  at::Tensor x_;
};

class Learnt final : public CodeScores {
 public:
  Learnt(int64_t codes, int64_t context, int64_t width, int64_t steps,
         uint64_t seed)
      : seed_(seed),
        schedule_({.learning_rate = 2e-3, .steps = steps}),
        network_(codes, context, width, seed) {
    for (const auto& [name, weight] : network_.Weights()) {
      weights_.push_back(weight);
      weight.requires_grad_(true);
    }
    adam_ = std::make_unique<Adam>(weights_, AdamOptions());
  }

  int64_t draws() const override { return 0; }

  at::Tensor At(const DrawnCodes& drawn, int64_t step) override {
    network_.Show(drawn.x);
    const ScoreInput input = {.x = drawn.z};
    for (int64_t i = 0; i < kScoreSteps; ++i) {
      const at::Tensor normals = at::empty_like(drawn.z);
      FillNormals(
          NoiseKey{.seed = seed_,
                   .step = static_cast<uint32_t>(kScoreSteps * step + i)},
          Purpose::kObjective, drawn.z.size(0), drawn.z.size(1),
          normals.mutable_data_ptr<float>());
      const at::Tensor loss =
          SlicedLosses(
              network_, input,
              DirectionsOf(Directions::kRademacher, normals).unsqueeze(1),
              /*variance_reduction=*/true, workspace_)
              .mean();
      adam_->Step(torch::autograd::grad({loss}, weights_),
                  LearningRate(schedule_, step));
    }
    const c10::NoGradGuard no_grad;
    return network_.Score(input, workspace_).clone();
  }

 private:
  uint64_t seed_;
  TrainerOptions schedule_;
  BesideRows network_;
  std::vector<at::Tensor> weights_;
  std::unique_ptr<Adam> adam_;
  Workspace workspace_;
};

class OfSamples final : public CodeScores {
 public:
  OfSamples(std::function<at::Tensor(const at::Tensor&)> scores_of,
            int64_t draws)
      : scores_of_(std::move(scores_of)), draws_(draws) {}

  int64_t draws() const override { return draws_; }

  at::Tensor At(const DrawnCodes& drawn, int64_t) override {
    if (draws_ == 0) return scores_of_(drawn.z);
    return scores_of_(at::cat({drawn.z.unsqueeze(1), drawn.more}, 1))
        .select(1, 0);
  }

 private:
  std::function<at::Tensor(const at::Tensor&)> scores_of_;
  int64_t draws_;
};

}  // namespace

std::unique_ptr<CodeScores> NewLearntScores(int64_t codes, int64_t context,
                                            int64_t width, int64_t steps,
                                            uint64_t seed) {
  return std::make_unique<Learnt>(codes, context, width, steps, seed);
}

std::unique_ptr<CodeScores> NewSampleScores(
    std::function<at::Tensor(const at::Tensor&)> scores_of, int64_t draws) {
  return std::make_unique<OfSamples>(std::move(scores_of), draws);
}

}  // namespace scoreserve
