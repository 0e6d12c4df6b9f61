#include "models/quality/run_sampler.h"

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "ATen/ops/empty.h"
#include "ATen/ops/full.h"
#include "ATen/ops/zeros.h"
#include "absl/types/span.h"
#include "c10/core/InferenceMode.h"
#include "models/networks/guidance.h"
#include "models/samplers/advance.h"
#include "models/samplers/metropolis.h"
#include "models/samplers/move_rows.h"
#include "models/samplers/noise.h"

namespace scoreserve {
namespace {

at::Tensor Normals(uint64_t seed, Purpose purpose, int64_t rows, int64_t dim) {
  at::Tensor z = at::empty({rows, dim}, at::kFloat);
  FillNormals(NoiseKey{.seed = seed}, purpose, rows, dim,
              z.mutable_data_ptr<float>());
  return z;
}

at::Tensor Start(const SamplerPlan& plan, const SamplerInputs& inputs,
                 uint64_t seed, int64_t rows, int64_t dim) {
  at::Tensor z = Normals(seed, Purpose::kStart, rows, dim);
  if (!inputs.start.defined()) return z.mul_(plan.start_scale);
  const StartMap map = inputs.noise_start ? *plan.noised : plan.given;
  return z.mul_(map.noise).add_(inputs.start, map.keep);
}

// All rows, and what they carry from step to step.
class Run {
 public:
  Run(const ScoreNetwork& network, const SamplerPlan& plan, int64_t rows,
      uint64_t seed, const SamplerInputs& inputs)
      : network_(network),
        plan_(plan),
        inputs_(inputs),
        seed_(seed),
        rows_(rows),
        dim_(network.dim()),
        x_(Start(plan, inputs, seed, rows, dim_)),
        y_(Normals(seed, Purpose::kCompanion, rows, dim_)
               .mul_(plan.companion_scale)),
        label_(at::empty({rows}, at::kDouble)),
        steps_(static_cast<size_t>(rows)) {
    if (plan.table.has_metropolis()) {
      held_score_ = at::zeros({rows, dim_}, at::kFloat);
      held_energy_ = at::full({rows}, kNoEnergy, at::kDouble);
      accepted_.resize(static_cast<size_t>(rows));
    }
    for (const ConstrainedRow& row : Constrained(-1)) {
      Impose(*row.constraint, row.constraint_row, row.level,
             {x_.mutable_data_ptr<float>() + row.row * dim_,
              static_cast<size_t>(dim_)},
             scratch_);
    }
  }

  void DoStep(int64_t k) {
    const Step& step = plan_.table.At(k);
    for (int64_t row = 0; row < rows_; ++row) {
      steps_[static_cast<size_t>(row)] = ToRowStep(step, KeyOf(k, row));
    }
    label_.fill_(step.label);
    Evaluate();
    const std::vector<ConstrainedRow> constrained =
        step.completes ? Constrained(k) : std::vector<ConstrainedRow>();
    MovingRows moving = {.dim = dim_,
                         .steps = absl::MakeSpan(steps_),
                         .score = score_.mutable_data_ptr<float>(),
                         .x = x_.mutable_data_ptr<float>(),
                         .y = y_.mutable_data_ptr<float>(),
                         .constrained = constrained};
    if (held_score_.defined()) {
      moving.held_score = held_score_.mutable_data_ptr<float>();
      moving.held_energy = held_energy_.mutable_data_ptr<double>();
      moving.energy = energy_.const_data_ptr<double>();
      moving.accepted = accepted_.data();
    }
    MoveRows(moving, scratch_);
  }

  at::Tensor x() const { return x_; }

 private:
  NoiseKey KeyOf(int64_t step, int64_t row) const {
    return {.seed = seed_,
            .step = static_cast<uint32_t>(step),
            .row = static_cast<uint32_t>(row)};
  }

  // What is known of the rows after step `k`, or of the start for −1.
  std::vector<ConstrainedRow> Constrained(int64_t k) const {
    std::vector<ConstrainedRow> constrained;
    if (inputs_.constraint == nullptr) return constrained;
    double alpha = plan_.start_alpha, sigma = plan_.start_sigma;
    if (k >= 0) {
      alpha = plan_.table.At(k).end_alpha;
      sigma = plan_.table.At(k).end_sigma;
    }
    for (int64_t row = 0; row < rows_; ++row) {
      constrained.push_back(
          {.row = row,
           .constraint = inputs_.constraint,
           .constraint_row = row,
           .level = {
               .alpha = alpha, .sigma = sigma, .noise = KeyOf(k + 1, row)}});
    }
    return constrained;
  }

  void Evaluate() {
    workspace_.Begin();
    const ScoreInput input = {.x = x_,
                              .label = label_,
                              .condition = inputs_.condition,
                              .guidance = inputs_.guidance};
    if (!held_score_.defined()) {
      score_ = GuidedScore(network_, input, workspace_);
      return;
    }
    ScoreAndEnergy both = network_.ScoreWithEnergy(input, workspace_);
    score_ = std::move(both.score);
    energy_ = std::move(both.energy);
  }

  const ScoreNetwork& network_;
  const SamplerPlan& plan_;
  const SamplerInputs& inputs_;
  const uint64_t seed_;
  const int64_t rows_, dim_;
  at::Tensor x_, y_, label_;
  at::Tensor score_, energy_, held_score_, held_energy_;
  std::vector<RowStep> steps_;
  std::vector<uint8_t> accepted_;
  std::vector<float> scratch_;
  Workspace workspace_;
};

}  // namespace

at::Tensor RunSampler(const ScoreNetwork& network, const SamplerPlan& plan,
                      int64_t rows, uint64_t seed,
                      const SamplerInputs& inputs) {
  const c10::InferenceMode inference;
  Run run(network, plan, rows, seed, inputs);
  for (int64_t k = 0; k < plan.table.num_steps(); ++k) run.DoStep(k);
  return run.x();
}

}  // namespace scoreserve
