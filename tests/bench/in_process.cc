#include "tests/bench/in_process.h"

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "ATen/Parallel.h"
#include "ATen/ops/ones.h"
#include "ATen/ops/zeros.h"
#include "ATen/ops/zeros_like.h"
#include "absl/types/span.h"
#include "c10/core/InferenceMode.h"
#include "models/samplers/advance_tensors.h"
#include "models/samplers/move_rows.h"
#include "tests/bench/machine.h"
#include "tests/support/test_models.h"

namespace scoreserve::bench {
namespace {

constexpr double kStepSize = 1e-3;

// Rows at 0 where the network's weights lie, with labels of 1: in the range of
// every network here that takes one.
ScoreInput RowsFor(const ModelSnapshot& model, int64_t rows) {
  const at::Device device = model.network->Weights()[0].second.device();
  const auto options = at::TensorOptions(device);
  return {.x = at::zeros({rows, model.dim()}, options.dtype(at::kFloat)),
          .label = at::ones({rows}, options.dtype(at::kDouble))};
}

// Waits until `tensor` is computed.
void Await(const at::Tensor& tensor) {
  if (!tensor.is_cpu()) tensor.to(at::kCPU);
}

}  // namespace

std::shared_ptr<const ModelSnapshot> BenchModel(int64_t max_batch_rows,
                                                at::Device device) {
  return Snapshot(MlpFiles(kDim), max_batch_rows, "bench", device);
}

double InProcessRate(const ModelSnapshot& model, int64_t rows, double seconds) {
  at::set_num_threads(1);
  const c10::InferenceMode inference;
  Workspace workspace;
  const ScoreInput input = RowsFor(model, rows);
  int64_t calls = 0;
  const auto start = SteadyClock::now();
  do {
    workspace.Begin();
    Await(model.network->Score(input, workspace));
    ++calls;
  } while (SecondsSince(start) < seconds);
  return static_cast<double>(calls * rows) / SecondsSince(start);
}

std::shared_ptr<const SamplerPlan> LangevinPlan(int64_t steps) {
  auto plan = (*FindSampler("langevin"))
                  ->plan({{"step_size", kStepSize}, {"num_steps", steps}},
                         SamplerTarget());
  return std::make_shared<const SamplerPlan>(*std::move(plan));
}

std::vector<RowStep> LangevinRows(int64_t rows) {
  const auto plan = LangevinPlan(1);
  std::vector<RowStep> row_steps;
  for (int64_t i = 0; i < rows; ++i) {
    row_steps.push_back(
        ToRowStep(plan->table.At(0), {.seed = static_cast<uint64_t>(i / 4),
                                      .step = 0,
                                      .row = static_cast<uint32_t>(i % 4)}));
  }
  return row_steps;
}

double LoopSecondsPerRowStep(const ModelSnapshot& model,
                             std::vector<RowStep> rows, int64_t passes) {
  at::set_num_threads(1);
  const c10::InferenceMode inference;
  Workspace workspace;
  const int64_t count = static_cast<int64_t>(rows.size());
  const ScoreInput input = RowsFor(model, count);
  const at::Tensor x = input.x, y = at::zeros_like(x);
  std::vector<float> scratch;
  const auto start = SteadyClock::now();
  for (int64_t i = 0; i < passes; ++i) {
    workspace.Begin();
    const at::Tensor score = model.network->Score(input, workspace);
    for (RowStep& row : rows) row.noise.step = static_cast<uint32_t>(i);
    if (!x.is_cpu()) {
      AdvanceTensors(rows, score, x, y);
      continue;
    }
    MoveRows({.dim = model.dim(),
              .steps = absl::MakeSpan(rows),
              .score = score.mutable_data_ptr<float>(),
              .x = x.mutable_data_ptr<float>(),
              .y = y.mutable_data_ptr<float>()},
             scratch);
  }
  Await(x);
  return SecondsSince(start) / static_cast<double>(count * passes);
}

}  // namespace scoreserve::bench
