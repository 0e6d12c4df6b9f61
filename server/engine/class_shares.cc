#include "server/engine/class_shares.h"

#include <algorithm>
#include <cstddef>
#include <optional>

namespace scoreserve {

void ClassShares::Want(const ByClass<bool>& wants) {
  std::optional<double> least;
  for (size_t i = 0; i < kNumWorkClasses; ++i) {
    if (wants[i] && wants_[i])
      least = std::min(least.value_or(accounts_[i]), accounts_[i]);
  }
  // Nobody goes on: then all begin alike, at the highest account, so that no
  // claim outlives a pause.
  const double start =
      least.value_or(*std::max_element(accounts_.begin(), accounts_.end()));
  for (size_t i = 0; i < kNumWorkClasses; ++i) {
    if (wants[i] && !wants_[i]) accounts_[i] = std::max(accounts_[i], start);
  }
  wants_ = wants;
}

}  // namespace scoreserve
