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

constexpr char kStepsDone[] = "steps_done";
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

absl::Status ReadSteps(const NamedArrays& arrays, int64_t& steps) {
  const auto found = arrays.find(kStepsDone);
  if (found == arrays.end()) return InvalidField(kStepsDone, "given", "absent");
  const auto& digits = found->second.values;
  if (digits.size() != 2 || !IsDigit(digits[0]) || !IsDigit(digits[1])) {
    return InvalidField(
        kStepsDone, absl::StrCat(kStepsDone, " must be two integers from 0 to ",
                                 kBase - 1));
  }
  steps =
      static_cast<int64_t>(digits[0]) * kBase + static_cast<int64_t>(digits[1]);
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
  const int64_t high = state.steps_done / kBase, low = state.steps_done % kBase;
  arrays[kStepsDone] = {
      .shape = {2},
      .values = {static_cast<float>(high), static_cast<float>(low)}};
  return arrays;
}

absl::StatusOr<TrainerState> StateFromArrays(NamedArrays arrays) {
  TrainerState state;
  absl::Status steps = ReadSteps(arrays, state.steps_done);
  if (!steps.ok()) return steps;
  arrays.erase(kStepsDone);
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
