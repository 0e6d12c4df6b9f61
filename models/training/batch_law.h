#ifndef SCORESERVE_MODELS_TRAINING_BATCH_LAW_H_
#define SCORESERVE_MODELS_TRAINING_BATCH_LAW_H_

#include <cstdint>

#include "absl/types/span.h"

namespace scoreserve {

// Which of `visible` rows make up batch number `batch`: the next rows.size()
// places of an endless sequence of epochs, each of which takes every row once
// in an order of its own. A pure function of its arguments, with no state and
// no cost that grows with the rows, so a restarted job and one whose rows still
// arrive need remember nothing but the number of the batch.
//
// The order is a Feistel network over the rows' indices with Philox as round
// function (Purpose::kBatch). Requires visible ≥ 1.
void FillBatch(uint64_t seed, int64_t batch, int64_t visible,
               absl::Span<int64_t> rows);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_TRAINING_BATCH_LAW_H_
