#include "server/engine/resume_checks.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "models/samplers/metropolis.h"
#include "models/status.h"

namespace scoreserve {
namespace {

// The plane `name` of some state, where it is needed or must not be there.
absl::Status CheckPlane(const std::string& name, int64_t size, bool needed,
                        int64_t wanted) {
  if (size == (needed ? wanted : 0)) return absl::OkStatus();
  if (!needed) {
    return InvalidField(name, "absent: the sampler has none", "given");
  }
  return InvalidField(name, absl::StrCat("of ", wanted, " numbers"),
                      absl::StrCat(size));
}

absl::Status CheckState(const SampleRequest& request, const BlockState& state,
                        absl::string_view at) {
  const StepTable& table = request.plan->table;
  if (state.step < 0 || state.step > table.num_steps()) {
    return InvalidField(absl::StrCat(at, ".step"),
                        absl::StrCat("between 0 and ", table.num_steps()),
                        absl::StrCat(state.step));
  }
  if (state.first_row < 0 || state.rows < 1 ||
      state.first_row > request.rows - state.rows) {
    return InvalidField(
        absl::StrCat(at, ".first_row"),
        absl::StrCat("such that its rows are among ", request.rows),
        absl::StrCat(state.first_row, " with ", state.rows, " rows"));
  }
  const int64_t size = state.rows * request.model->dim();
  const bool tests = table.has_metropolis();
  const auto values = [](const std::vector<float>& plane) {
    return static_cast<int64_t>(plane.size());
  };
  for (const absl::Status& checked :
       {CheckPlane(absl::StrCat(at, ".x"), values(state.x), true, size),
        CheckPlane(absl::StrCat(at, ".companion"), values(state.y),
                   table.has_companion() || tests, size),
        CheckPlane(absl::StrCat(at, ".held_score"), values(state.held_score),
                   tests, size),
        CheckPlane(absl::StrCat(at, ".held_energy"),
                   static_cast<int64_t>(state.held_energy.size()), tests,
                   state.rows)}) {
    if (!checked.ok()) return checked;
  }
  for (size_t i = 0; i < state.held_energy.size(); ++i) {
    const double energy = state.held_energy[i];
    if (std::isfinite(energy) || energy == kNoEnergy) continue;
    return InvalidField(absl::StrCat(at, ".held_energy[", i, "]"),
                        "finite, or infinite before the first test",
                        absl::StrCat(energy));
  }
  return absl::OkStatus();
}

}  // namespace

int64_t StateBytes(const SampleRequest& request) {
  const StepTable& table = request.plan->table;
  int64_t planes = 1;
  if (table.has_companion() || table.has_metropolis()) ++planes;
  if (table.has_metropolis()) ++planes;
  return request.rows *
         (request.model->dim() * planes * 4 + (table.has_metropolis() ? 8 : 0));
}

absl::Status CheckResume(const SampleRequest& request) {
  std::vector<std::pair<int64_t, int64_t>> spans;  // First row, which state.
  for (size_t i = 0; i < request.resume_from.size(); ++i) {
    const BlockState& state = request.resume_from[i];
    const absl::Status checked =
        CheckState(request, state, absl::StrCat("resume_from[", i, "]"));
    if (!checked.ok()) return checked;
    spans.emplace_back(state.first_row, i);
  }
  std::sort(spans.begin(), spans.end());
  int64_t next = 0;
  for (const auto& [first_row, i] : spans) {
    if (first_row < next) {
      return InvalidField(absl::StrCat("resume_from[", i, "].first_row"),
                          "such that no row is there twice",
                          absl::StrCat(first_row, ", which another one has"));
    }
    next = first_row + request.resume_from[i].rows;
  }
  return absl::OkStatus();
}

int64_t EvaluationsLeft(const SampleRequest& request) {
  int64_t left = EvaluationsOfRows(request, 0, request.rows) *
                 request.plan->table.num_steps();
  for (const BlockState& state : request.resume_from) {
    left -=
        EvaluationsOfRows(request, state.first_row, state.rows) * state.step;
  }
  return left;
}

}  // namespace scoreserve
