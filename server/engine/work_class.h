#ifndef SCORESERVE_SERVER_ENGINE_WORK_CLASS_H_
#define SCORESERVE_SERVER_ENGINE_WORK_CLASS_H_

#include <array>
#include <cstddef>

#include "absl/strings/string_view.h"

namespace scoreserve {

// What kind of work it is.
enum class WorkClass { kQuery, kSampling, kTraining };
inline constexpr size_t kNumWorkClasses = 3;

// One value for each class, by its index.
template <typename T>
using ByClass = std::array<T, kNumWorkClasses>;

inline constexpr size_t IndexOf(WorkClass work_class) {
  return static_cast<size_t>(work_class);
}

// "query", "sampling", "training".
inline constexpr absl::string_view WorkClassName(WorkClass work_class) {
  return ByClass<absl::string_view>{"query", "sampling",
                                    "training"}[IndexOf(work_class)];
}

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_ENGINE_WORK_CLASS_H_
