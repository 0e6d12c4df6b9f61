// What a model takes of its device's memory, before it lies there.

#ifndef SCORESERVE_SERVER_ENGINE_MODEL_MEMORY_H_
#define SCORESERVE_SERVER_ENGINE_MODEL_MEMORY_H_

#include <cstdint>

#include "models/io/model_config.h"
#include "models/networks/score_network.h"
#include "server/engine/pass.h"

namespace scoreserve {

// Fills every row of a new pass with what its network takes: x = 0 at the
// largest label, without a condition. One row is to be evaluated.
void FillBlank(const ModelConfig& config, Pass& pass);

// The bytes of tensors of a pass at its largest, by its rows: all of its
// planes, those of samplers too, and what the network makes beside them. Found
// by evaluating 8 and 32 blank rows on the processor, twice each, as a line
// through the two, since every buffer grows with the rows. Of a network that
// cannot evaluate them it is the planes alone. A value.
class PassMemory {
 public:
  // `network` has to lie on the processor. The calling thread computes, and has
  // one LibTorch thread from then on.
  PassMemory(const ScoreNetwork& network, const ModelConfig& config,
             bool energies);

  int64_t Bytes(int64_t rows) const;

 private:
  int64_t few_, more_;
};

// What a version takes of a device that has so many loops:
//
//   weights + loops · Σ over kinds (pass of max_batch_rows +
//                                   deterministic pass)
//
// with the kinds of lanes that it can have: scores, and energies too where it
// has them. An estimate: a loop has a lane only once it has been asked for, and
// libraries' own buffers, what requests hold, and the training of jobs are not
// in it. As PassMemory otherwise.
int64_t ModelBytes(const ScoreNetwork& network, const ModelConfig& config,
                   int64_t max_batch_rows, int loops);

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_ENGINE_MODEL_MEMORY_H_
