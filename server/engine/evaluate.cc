#include "server/engine/evaluate.h"

#include <cstdint>
#include <cstring>
#include <exception>
#include <new>
#include <string>

#include "ATen/ops/empty.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "c10/util/Exception.h"
#include "models/networks/guidance.h"
#include "models/networks/workspace.h"
#include "models/status.h"

namespace scoreserve {
namespace {

// LibTorch throws a type of its own where a GPU has no room, and a message
// where the processor has none.
bool IsOutOfMemory(const std::exception& error) {
  return dynamic_cast<const c10::OutOfMemoryError*>(&error) != nullptr ||
         dynamic_cast<const std::bad_alloc*>(&error) != nullptr ||
         std::strstr(error.what(), "DefaultCPUAllocator: can't allocate") !=
             nullptr;
}

// Without LibTorch's list of stack frames.
std::string MessageOf(const std::exception& error) {
  const auto* own = dynamic_cast<const c10::Error*>(&error);
  return own == nullptr ? error.what() : own->what_without_backtrace();
}

ScoreAndEnergy Forward(Pass& pass, const ScoreInput& input) {
  pass.workspace.Begin();
  if (!pass.energies) {
    return {.score = GuidedScore(*pass.network, input, pass.workspace)};
  }
  return pass.network->ScoreWithEnergy(input, pass.workspace);
}

// One after the other, each into its part of what is returned.
ScoreAndEnergy ForwardByHalves(Pass& pass, const ScoreInput& input) {
  const int64_t rows = input.x.size(0);
  ScoreAndEnergy all = {.score =
                            at::empty({rows, pass.dim()}, input.x.options())};
  if (pass.energies) {
    all.energy = at::empty({rows}, input.x.options().dtype(at::kDouble));
  }
  const int64_t half = rows / 2;
  for (const int64_t first : {int64_t{0}, half}) {
    const int64_t count = first == 0 ? half : rows - half;
    const auto part = [first, count](const at::Tensor& plane) {
      return plane.defined() ? plane.narrow(0, first, count) : plane;
    };
    const ScoreAndEnergy of_part =
        Forward(pass, {.x = part(input.x),
                       .label = part(input.label),
                       .condition = part(input.condition),
                       .guidance = part(input.guidance)});
    part(all.score).copy_(of_part.score);
    if (pass.energies) part(all.energy).copy_(of_part.energy);
  }
  return all;
}

}  // namespace

absl::Status PassFailed(int64_t rows, const std::exception& error) {
  if (!IsOutOfMemory(error)) {
    return WithReason(absl::InternalError(absl::StrCat("the network failed: ",
                                                       MessageOf(error))),
                      Reason::kInternalFault);
  }
  return WithReason(
      absl::ResourceExhaustedError(absl::StrCat(
          "there is no memory for a pass of ", rows,
          " rows of this network, nor for half as many: ", MessageOf(error))),
      Reason::kOutOfMemory);
}

absl::StatusOr<ScoreAndEnergy> Evaluate(Pass& pass, const ScoreInput& input,
                                        absl::FunctionRef<void()> give_back) {
  const auto start_anew = [&] {
    pass.workspace = {};
    give_back();
  };
  try {
    return Forward(pass, input);
  } catch (const std::exception& error) {
    if (!IsOutOfMemory(error) || input.x.size(0) < 2) {
      return PassFailed(pass.rows, error);
    }
  }
  try {
    start_anew();
    return ForwardByHalves(pass, input);
  } catch (const std::exception& error) {
    start_anew();
    return PassFailed(pass.rows, error);
  }
}

}  // namespace scoreserve
