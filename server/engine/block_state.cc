#include "server/engine/block_state.h"

#include <algorithm>
#include <cstdint>

namespace scoreserve {

void ExportBlock(const StepTable& table, Pass& pass, int64_t row,
                 BlockState& state) {
  const int64_t dim = pass.dim(), size = state.rows * dim;
  const float* x = pass.points(row);
  state.x.assign(x, x + size);
  state.y.clear();
  state.held_score.clear();
  state.held_energy.clear();
  if (table.has_companion() || table.has_metropolis()) {
    const float* y = pass.companions(row);
    state.y.assign(y, y + size);
  }
  if (table.has_metropolis()) {
    const float* score = pass.held_score.data_ptr<float>() + row * dim;
    const double* energy = pass.held_energy.data_ptr<double>() + row;
    state.held_score.assign(score, score + size);
    state.held_energy.assign(energy, energy + state.rows);
  }
}

void ImportBlock(const BlockState& state, int64_t row, Pass& pass) {
  std::copy(state.x.begin(), state.x.end(), pass.put_points(row, state.rows));
  if (!state.y.empty()) {
    pass.NeedCompanion();
    std::copy(state.y.begin(), state.y.end(),
              pass.put_companions(row, state.rows));
  }
  if (!state.held_score.empty()) {
    pass.NeedHeld();
    std::copy(state.held_score.begin(), state.held_score.end(),
              pass.held_score.data_ptr<float>() + row * pass.dim());
    std::copy(state.held_energy.begin(), state.held_energy.end(),
              pass.held_energy.data_ptr<double>() + row);
  }
}

}  // namespace scoreserve
