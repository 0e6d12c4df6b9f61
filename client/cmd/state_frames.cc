#include "client/cmd/state_frames.h"

#include <algorithm>
#include <utility>

namespace scoreserve::ctl {

StateFrames::StateFrames(int64_t rows, int64_t dim, int64_t max_frames)
    : rows_(rows), dim_(dim), max_frames_(static_cast<size_t>(max_frames)) {}

void StateFrames::Take(const SampleState& state) {
  const auto size = static_cast<int64_t>(state.x.size());
  if (state.first_row < 0 || state.rows <= 0 || size != state.rows * dim_) {
    return;
  }
  const int64_t end =
      state.first_row >= rows_
          ? rows_
          : state.first_row + std::min(state.rows, rows_ - state.first_row);
  if (state.first_row >= end) return;
  auto found = frames_.find(state.step);
  if (found == frames_.end()) {
    if (frames_.size() == max_frames_) return;
    found = frames_
                .emplace(state.step,
                         Partial{.x = std::vector<float>(rows_ * dim_),
                                 .known = std::vector<bool>(rows_, false),
                                 .missing = rows_})
                .first;
  }
  Partial& frame = found->second;
  std::copy_n(state.x.begin(), (end - state.first_row) * dim_,
              frame.x.begin() + state.first_row * dim_);
  for (int64_t row = state.first_row; row < end; ++row) {
    if (!frame.known[row]) --frame.missing;
    frame.known[row] = true;
  }
}

std::vector<StateFrame> StateFrames::Complete() {
  std::vector<StateFrame> complete;
  for (auto& [step, frame] : frames_) {
    if (frame.missing > 0) continue;
    complete.push_back(
        {.step = step, .x = {.dim = dim_, .values = std::move(frame.x)}});
  }
  frames_.clear();
  return complete;
}

}  // namespace scoreserve::ctl
