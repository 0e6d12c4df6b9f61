#include "models/training/trainer_state.h"

#include <cmath>
#include <cstdint>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "models/status.h"

namespace scoreserve {
namespace {

constexpr char kStepsDone[] = "steps_done", kSkipped[] = "skipped";
// Two digits of this base, each exact in a float32, hold every count.
constexpr int64_t kBase = int64_t{1} << 24;

struct Part {
  absl::string_view prefix;
  NamedArrays TrainerState::*arrays;
};
constexpr Part kParts[] = {{"weights/", &TrainerState::weights},
                           {"averaged/", &TrainerState::averaged},
                           {"means/", &TrainerState::means},
                           {"squares/", &TrainerState::squares}};

bool IsDigit(float value) {
  return value >= 0.0f && value < static_cast<float>(kBase) &&
         value == std::floor(value);
}

NamedArray CountToArray(int64_t count) {
  const int64_t high = count / kBase, low = count % kBase;
  return {.shape = {2},
          .values = {static_cast<float>(high), static_cast<float>(low)}};
}

// Takes the count of that name out of `arrays`.
absl::Status TakeCount(absl::string_view name, NamedArrays& arrays,
                       int64_t& count) {
  const auto found = arrays.find(std::string(name));
  if (found == arrays.end()) return InvalidField(name, "given", "absent");
  const auto& digits = found->second.values;
  if (digits.size() != 2 || !IsDigit(digits[0]) || !IsDigit(digits[1])) {
    return InvalidField(
        name,
        absl::StrCat(name, " must be two integers from 0 to ", kBase - 1));
  }
  count =
      static_cast<int64_t>(digits[0]) * kBase + static_cast<int64_t>(digits[1]);
  arrays.erase(found);
  return absl::OkStatus();
}

}  // namespace

NamedArrays StateToArrays(const TrainerState& state) {
  NamedArrays arrays;
  for (const Part& part : kParts) {
    for (const auto& [name, array] : state.*part.arrays) {
      arrays[absl::StrCat(part.prefix, name)] = array;
    }
  }
  arrays[kStepsDone] = CountToArray(state.steps_done);
  arrays[kSkipped] = CountToArray(state.skipped);
  return arrays;
}

absl::StatusOr<TrainerState> StateFromArrays(NamedArrays arrays) {
  TrainerState state;
  absl::Status steps = TakeCount(kStepsDone, arrays, state.steps_done);
  if (!steps.ok()) return steps;
  absl::Status skipped = TakeCount(kSkipped, arrays, state.skipped);
  if (!skipped.ok()) return skipped;
  if (state.skipped > state.steps_done) {
    return InvalidField(kSkipped,
                        absl::StrCat("at most ", state.steps_done,
                                     ", the steps that were done"),
                        absl::StrCat(state.skipped));
  }
  for (auto& [name, array] : arrays) {
    bool taken = false;
    for (const Part& part : kParts) {
      if (!absl::StartsWith(name, part.prefix)) continue;
      (state.*part.arrays)[name.substr(part.prefix.size())] = std::move(array);
      taken = true;
      break;
    }
    if (!taken) {
      return InvalidField(
          name, absl::StrCat("array '", name,
                             "' must begin with weights/, averaged/, means/ or "
                             "squares/"));
    }
  }
  return state;
}

}  // namespace scoreserve
