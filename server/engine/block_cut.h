#ifndef SCORESERVE_SERVER_ENGINE_BLOCK_CUT_H_
#define SCORESERVE_SERVER_ENGINE_BLOCK_CUT_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "server/engine/block_state.h"

namespace scoreserve {

// Rows of a request that will move together, and where they go on from; null:
// from their start.
struct BlockCut {
  int64_t first_row = 0;
  int64_t rows = 0;
  std::unique_ptr<BlockState> state;
};

// Cuts a request of `rows` rows into blocks of at most `most`, in the order of
// their rows: each of `states`, which is in some order and has no row twice,
// and each stretch between them, into as few and as equal ones as there can be.
std::vector<BlockCut> CutRequest(int64_t rows, int64_t most,
                                 std::vector<BlockState> states);

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_ENGINE_BLOCK_CUT_H_
