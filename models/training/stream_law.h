// Where the rows of a stream go, as pure functions: which are held out, and
// which slot of a bounded buffer each of the others takes.

#ifndef SCORESERVE_MODELS_TRAINING_STREAM_LAW_H_
#define SCORESERVE_MODELS_TRAINING_STREAM_LAW_H_

#include <cstdint>
#include <optional>

namespace scoreserve {

// Whether the row at `offset` of the stream is held out: with probability
// `share`, each row by itself (Purpose::kHoldOut).
bool IsHeldOut(uint64_t seed, int64_t offset, double share);

// The slot of training row `ordinal`, counted from 0, in a window of the newest
// `capacity`: the oldest row's.
int64_t WindowSlot(int64_t ordinal, int64_t capacity);

// Its slot in a reservoir, where at any moment each row that has come is with
// the same probability, or none where it is passed over: algorithm R (Vitter
// 1985). Row n takes slot n while there is room, then that of a uniform integer
// in [0, n] (Purpose::kReservoir), if it is one.
std::optional<int64_t> ReservoirSlot(uint64_t seed, int64_t ordinal,
                                     int64_t capacity);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_TRAINING_STREAM_LAW_H_
