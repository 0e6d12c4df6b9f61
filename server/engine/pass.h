#ifndef SCORESERVE_SERVER_ENGINE_PASS_H_
#define SCORESERVE_SERVER_ENGINE_PASS_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "ATen/core/Tensor.h"
#include "models/networks/score_network.h"
#include "models/networks/workspace.h"
#include "models/samplers/advance.h"
#include "models/samplers/move_rows.h"

namespace scoreserve {

// One batch through one network: live rows of samplers first, then rows of
// queries. Owned by a lane and reused from pass to pass; everything is in model
// space. Its planes lie in the processor's memory, but where rows live from
// step to step is the business of the device that made it (Device::NewPass()).
class Pass {
 public:
  // Room for `max_rows` evaluations of `network`, with energies where
  // `energies`.
  Pass(const ScoreNetwork* network, int64_t max_rows, bool energies);
  virtual ~Pass() = default;

  Pass(const Pass&) = delete;
  Pass& operator=(const Pass&) = delete;

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
  // Whether scores and energies of live rows are asked for, beside those of
  // queries.
  bool observed = false;
  // The companions of live rows, float32 [max rows, dim], and for Metropolis
  // tests the score and energy (float64 [max rows]) of their current points.
  // Undefined until one needs them.
  at::Tensor y, held_score, held_energy;

  // Filled by the device, valid until the next Begin() of the same pass:
  // float32 [rows + padding, dim], and where `energies` float64 of as many.
  // Live rows of a pass that is not `observed` may be left out.
  at::Tensor score, energy;
  std::vector<uint8_t> accepted;  // One for each live row of a Metropolis test.

  Workspace workspace;
  std::vector<float> scratch;

  int64_t dim() const { return x.size(1); }

  // Where rows of x and y from `row` on can be read, as the last pass left them
  // or they were written since. y must have been allocated.
  const float* points(int64_t row);
  const float* companions(int64_t row);
  // Where `rows` whole rows from `row` on are to be written before the next
  // Begin().
  float* put_points(int64_t row, int64_t rows);
  float* put_companions(int64_t row, int64_t rows);

  // Of the live rows row … row + rows, the first that the last pass has moved
  // to where it is not finite, counted from `row`.
  virtual std::optional<int64_t> FirstDiverged(int64_t row, int64_t rows);

  // Allocates y; held_score and held_energy.
  virtual void NeedCompanion();
  void NeedHeld();

  // The rows to evaluate, in the processor's memory.
  ScoreInput input() const;

  // Makes the step of every live row, once x, y, score and energy lie in the
  // processor's memory.
  void StepRows();

  // Moves what live rows from, from + 1, … carry from step to step to the place
  // of row `to`, which lies before them.
  void MoveRows(int64_t from, int64_t to, int64_t count);

 protected:
  // For passes whose rows live elsewhere: brings x and y up to date here; hears
  // of rows that are about to be written here; moves x and y there.
  virtual void Fetch() {}
  virtual void Put(int64_t /*row*/, int64_t /*rows*/) {}
  virtual void MovePoints(int64_t from, int64_t to, int64_t count);
};

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_ENGINE_PASS_H_
