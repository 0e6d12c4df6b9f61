#include "server/engine/pass.h"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>

#include "ATen/ops/empty_like.h"
#include "ATen/ops/zeros.h"
#include "absl/types/span.h"
#include "models/finite.h"

namespace scoreserve {
namespace {

// Rows of `plane`, whatever its type and width.
void MoveWithin(const at::Tensor& plane, int64_t from, int64_t to,
                int64_t count) {
  if (!plane.defined()) return;
  const size_t row = plane.stride(0) * plane.element_size();
  char* data = static_cast<char*>(plane.mutable_data_ptr());
  std::memmove(data + to * row, data + from * row, count * row);
}

}  // namespace

Pass::Pass(const ScoreNetwork* network, int64_t max_rows, bool energies)
    : network(network),
      energies(energies),
      // Zeros: a pass may evaluate rows past its last one.
      x(at::zeros({max_rows, network->dim()}, at::kFloat)),
      label(at::zeros({max_rows}, at::kDouble)) {
  if (network->classes() == 0) return;
  condition = at::zeros({max_rows}, at::kLong);
  guidance = at::zeros({max_rows}, at::kFloat);
}

const float* Pass::points(int64_t row) {
  Fetch();
  return x.const_data_ptr<float>() + row * dim();
}

const float* Pass::companions(int64_t row) {
  Fetch();
  return y.const_data_ptr<float>() + row * dim();
}

float* Pass::put_points(int64_t row, int64_t rows) {
  Put(row, rows);
  return x.mutable_data_ptr<float>() + row * dim();
}

float* Pass::put_companions(int64_t row, int64_t rows) {
  Put(row, rows);
  return y.mutable_data_ptr<float>() + row * dim();
}

std::optional<int64_t> Pass::FirstDiverged(int64_t row, int64_t rows) {
  const absl::Span<const float> values(points(row),
                                       static_cast<size_t>(rows * dim()));
  if (AllFinite(values)) return std::nullopt;
  return FirstBadRow(values, dim());
}

void Pass::NeedCompanion() {
  if (!y.defined()) y = at::empty_like(x);
}

void Pass::NeedHeld() {
  if (held_score.defined()) return;
  held_score = at::empty_like(x);
  held_energy = at::empty_like(label);
}

ScoreInput Pass::input() const {
  const auto first = [this](const at::Tensor& plane) {
    return plane.defined() ? plane.narrow(0, 0, rows + padding) : plane;
  };
  return {.x = first(x),
          .label = first(label),
          .condition = first(condition),
          .guidance = first(guidance)};
}

void Pass::StepRows() {
  if (steps.empty()) return;
  MovingRows moving = {.dim = dim(),
                       .steps = absl::MakeSpan(steps),
                       .score = score.data_ptr<float>(),
                       .x = x.mutable_data_ptr<float>(),
                       .constrained = constrained};
  if (y.defined()) moving.y = y.mutable_data_ptr<float>();
  if (held_score.defined()) {
    accepted.resize(steps.size());
    moving.held_score = held_score.data_ptr<float>();
    moving.held_energy = held_energy.data_ptr<double>();
    moving.energy = energy.data_ptr<double>();
    moving.accepted = accepted.data();
  }
  scoreserve::MoveRows(moving, scratch);
}

void Pass::MoveRows(int64_t from, int64_t to, int64_t count) {
  MovePoints(from, to, count);
  MoveWithin(held_score, from, to, count);
  MoveWithin(held_energy, from, to, count);
}

void Pass::MovePoints(int64_t from, int64_t to, int64_t count) {
  MoveWithin(x, from, to, count);
  MoveWithin(y, from, to, count);
}

}  // namespace scoreserve
