#include "server/engine/block_cut.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "server/engine/scheduler.h"

namespace scoreserve {
namespace {

// Rows offset, offset + 1, … of a plane of `width` numbers a row, which may be
// empty.
template <typename Value>
std::vector<Value> RowsOf(const std::vector<Value>& plane, int64_t width,
                          int64_t offset, int64_t rows) {
  if (plane.empty()) return {};
  const auto begin = plane.begin() + offset * width;
  return std::vector<Value>(begin, begin + rows * width);
}

std::unique_ptr<BlockState> PartOf(const BlockState& state, int64_t offset,
                                   int64_t rows) {
  const int64_t dim = static_cast<int64_t>(state.x.size()) / state.rows;
  auto part = std::make_unique<BlockState>();
  part->first_row = state.first_row + offset;
  part->rows = rows;
  part->step = state.step;
  part->x = RowsOf(state.x, dim, offset, rows);
  part->y = RowsOf(state.y, dim, offset, rows);
  part->held_score = RowsOf(state.held_score, dim, offset, rows);
  part->held_energy = RowsOf(state.held_energy, 1, offset, rows);
  return part;
}

// Appends the blocks of rows first_row, …, which go on from `state` or begin.
void Cut(int64_t first_row, int64_t rows, int64_t most, const BlockState* state,
         std::vector<BlockCut>& cuts) {
  if (rows == 0) return;
  int64_t offset = 0;
  for (const int64_t part : CutIntoBlocks(rows, most)) {
    cuts.push_back(
        {.first_row = first_row + offset,
         .rows = part,
         .state = state == nullptr ? nullptr : PartOf(*state, offset, part)});
    offset += part;
  }
}

}  // namespace

std::vector<BlockCut> CutRequest(int64_t rows, int64_t most,
                                 std::vector<BlockState> states) {
  std::sort(states.begin(), states.end(),
            [](const BlockState& a, const BlockState& b) {
              return a.first_row < b.first_row;
            });
  std::vector<BlockCut> cuts;
  int64_t next = 0;
  for (const BlockState& state : states) {
    Cut(next, state.first_row - next, most, nullptr, cuts);
    Cut(state.first_row, state.rows, most, &state, cuts);
    next = state.first_row + state.rows;
  }
  Cut(next, rows - next, most, nullptr, cuts);
  return cuts;
}

}  // namespace scoreserve
