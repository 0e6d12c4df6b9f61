#ifndef SCORESERVE_SERVER_ENGINE_PASS_H_
#define SCORESERVE_SERVER_ENGINE_PASS_H_

#include <cstdint>
#include <vector>

#include "ATen/core/Tensor.h"
#include "models/networks/score_network.h"
#include "models/networks/workspace.h"
#include "models/samplers/advance.h"
#include "models/samplers/move_rows.h"

namespace scoreserve {

// One batch through one network: live rows of samplers first, then rows of
// queries. Owned by a lane and reused from pass to pass; everything is in model
// space.
class Pass {
 public:
  // Room for `max_rows` evaluations of `network`, with energies where
  // `energies`.
  Pass(const ScoreNetwork* network, int64_t max_rows, bool energies);

  const ScoreNetwork* network;
  const bool energies;  // Evaluates them too.
  at::Tensor x;         // float32 [max rows, dim].
  at::Tensor label;     // float64 [max rows].
  // int64 and float32 [max rows]; undefined where the network takes no
  // condition.
  at::Tensor condition, guidance;
  int64_t rows = 0;
  // Rows past those that are evaluated too, whatever lies there.
  int64_t padding = 0;

  // One for each live row: what its step does once the score is there.
  std::vector<RowStep> steps;
  // Those of the live rows that something is known of.
  std::vector<ConstrainedRow> constrained;
  // The companions of live rows, float32 [max rows, dim], and for Metropolis
  // tests the score and energy (float64 [max rows]) of their current points.
  // Undefined until one needs them.
  at::Tensor y, held_score, held_energy;

  // Filled by the device, valid until the next Begin() of the same pass:
  // float32 [rows + padding, dim], and where `energies` float64 of as many.
  at::Tensor score, energy;
  std::vector<uint8_t> accepted;  // One for each live row of a Metropolis test.

  Workspace workspace;
  std::vector<float> scratch;

  int64_t dim() const { return x.size(1); }
  float* row(int64_t i) { return x.data_ptr<float>() + i * dim(); }
  float* companion(int64_t i) { return y.data_ptr<float>() + i * dim(); }

  // Allocates y; held_score and held_energy.
  void NeedCompanion();
  void NeedHeld();

  // The rows to evaluate, in the processor's memory.
  ScoreInput input() const;

  // Makes the step of every live row, once score and energy lie in the
  // processor's memory.
  void StepRows();

  // Moves what live rows from, from + 1, … carry from step to step to the place
  // of row `to`, which lies before them.
  void MoveRows(int64_t from, int64_t to, int64_t count);
};

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_ENGINE_PASS_H_
