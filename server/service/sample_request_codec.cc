#include "server/service/sample_request_codec.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "models/samplers/sampler.h"
#include "models/status.h"
#include "server/engine/data_map.h"
#include "server/engine/request_checks.h"
#include "server/service/diagnostics_codec.h"
#include "server/service/request_codec.h"
#include "server/service/resume_codec.h"
#include "server/service/tensor_codec.h"

namespace scoreserve {
namespace {

// For callers that bring no seed; they are told which one it was.
uint64_t DrawSeed() {
  std::random_device device;
  return (uint64_t{device()} << 32) | device();
}

uint64_t SeedOf(const v1::SampleRequest& wire) {
  if (wire.has_seed()) return wire.seed();
  return wire.resume_from().empty() ? DrawSeed() : wire.resume_from(0).seed();
}

struct Times {
  std::optional<Instant::duration> progress, state, budget;
};
absl::StatusOr<Times> DecodeTimes(const v1::SampleRequest& wire) {
  Times times;
  for (const auto& [field, given, duration, to] :
       {std::tuple("progress_interval", wire.has_progress_interval(),
                   &wire.progress_interval(), &times.progress),
        std::tuple("state_interval", wire.has_state_interval(),
                   &wire.state_interval(), &times.state),
        std::tuple("time_budget", wire.has_time_budget(), &wire.time_budget(),
                   &times.budget)}) {
    if (!given) continue;
    const absl::StatusOr<Instant::duration> decoded =
        DecodeDuration(field, *duration, std::chrono::milliseconds(1));
    if (!decoded.ok()) return decoded.status();
    *to = *decoded;
  }
  return times;
}

absl::StatusOr<SamplerPlan> DecodePlan(const v1::SampleRequest& wire,
                                       const ModelSnapshot& model) {
  const absl::StatusOr<const Sampler*> sampler = FindSampler(wire.sampler());
  if (!sampler.ok()) return sampler.status();
  const absl::StatusOr<OptionValues> options = DecodeOptions(wire.options());
  if (!options.ok()) return options.status();
  absl::StatusOr<SamplerPlan> plan = (*sampler)->plan(*options, model.target);
  if (!plan.ok()) return InField("options", plan.status());
  return plan;
}

absl::StatusOr<Mask> DecodeMask(const v1::Mask& wire, const DataSpace& space) {
  const absl::StatusOr<TensorRows> value =
      DecodeRows("mask.value", wire.value(), space);
  if (!value.ok()) return value.status();
  const absl::StatusOr<TensorRows> deviation =
      DecodeDeviations("mask.deviation", wire.deviation(), space);
  if (!deviation.ok()) return deviation.status();
  Mask mask = {
      .value = std::vector<float>(value->values.size()),
      .deviation = {deviation->values.begin(), deviation->values.end()}};
  ToModelSpace(space, value->values, mask.value.data());
  const float gain = static_cast<float>(1.0 / space.scale);
  for (float& r : mask.deviation) r *= gain;
  return mask;
}

absl::StatusOr<Box> DecodeDomain(const v1::Domain& wire,
                                 const DataSpace& space) {
  if (!wire.has_lower() && !wire.has_upper()) {
    return InvalidField("domain", "of at least one bound", "empty");
  }
  if (!v1::Boundary_IsValid(wire.boundary())) {
    return InvalidField("domain.boundary", "PROJECT or REFLECT",
                        absl::StrCat(static_cast<int>(wire.boundary())));
  }
  const auto to_model = [&space](double bound) {
    return static_cast<float>((bound - space.offset) / space.scale);
  };
  Box box = {.boundary = wire.boundary() == v1::BOUNDARY_REFLECT
                             ? Boundary::kReflect
                             : Boundary::kProject};
  for (const auto& [field, given, bound, to] :
       {std::tuple("domain.lower", wire.has_lower(), wire.lower(), &box.lower),
        std::tuple("domain.upper", wire.has_upper(), wire.upper(),
                   &box.upper)}) {
    if (!given) continue;
    if (!std::isfinite(bound)) {
      return InvalidField(field, "finite", absl::StrCat(bound));
    }
    *to = to_model(bound);
  }
  return box;
}

// The steps between two states of a run of `num_steps`; 0: none are wanted.
absl::StatusOr<int64_t> DecodeStatesEvery(const v1::SampleRequest& wire,
                                          int64_t num_steps) {
  const int64_t count = wire.states_count();
  if (count == 0) return wire.states_every();
  if (count < 0) {
    return InvalidField("states_count", "at least 0", absl::StrCat(count));
  }
  if (wire.states_every() != 0) {
    return InvalidField("states_count", "0 where states_every is given",
                        absl::StrCat(count));
  }
  const double every =
      static_cast<double>(num_steps) / static_cast<double>(count);
  return std::max<int64_t>(1, std::llround(every));
}

// Null where the request knows nothing of its rows.
absl::StatusOr<std::shared_ptr<const Constraint>> DecodeConstraint(
    const v1::SampleRequest& wire, const DataSpace& space) {
  if (!wire.has_mask() && !wire.has_domain()) return nullptr;
  auto constraint = std::make_shared<Constraint>();
  if (wire.has_mask()) {
    absl::StatusOr<Mask> mask = DecodeMask(wire.mask(), space);
    if (!mask.ok()) return mask.status();
    constraint->mask = *std::move(mask);
  }
  if (wire.has_domain()) {
    const absl::StatusOr<Box> box = DecodeDomain(wire.domain(), space);
    if (!box.ok()) return box.status();
    constraint->box = *box;
  }
  return constraint;
}

}  // namespace

absl::StatusOr<SampleRequest> DecodeSampleRequest(
    const v1::SampleRequest& wire, std::shared_ptr<const ModelSnapshot> model,
    Instant now) {
  const DataSpace& space = model->config.data;
  absl::StatusOr<SamplerPlan> plan = DecodePlan(wire, *model);
  if (!plan.ok()) return plan.status();
  std::vector<float> start;
  if (wire.has_start()) {
    const absl::StatusOr<TensorRows> rows =
        DecodeRows("start", wire.start(), space);
    if (!rows.ok()) return rows.status();
    start.assign(rows->values.begin(), rows->values.end());
  }
  const auto diagnostics = DecodeDiagnostics(wire, *plan);
  if (!diagnostics.ok()) return diagnostics.status();
  const Conditions conditions = DecodeConditions(wire.condition());
  const absl::Status checked =
      CheckConditions(model->network->classes(), conditions, wire.rows());
  if (!checked.ok()) return checked;
  absl::StatusOr<std::shared_ptr<const Constraint>> constraint =
      DecodeConstraint(wire, space);
  if (!constraint.ok()) return constraint.status();
  const absl::StatusOr<Times> times = DecodeTimes(wire);
  if (!times.ok()) return times.status();
  const absl::StatusOr<int64_t> states_every =
      DecodeStatesEvery(wire, plan->table.num_steps());
  if (!states_every.ok()) return states_every.status();
  absl::StatusOr<std::vector<BlockState>> states = DecodeStates(wire, space);
  if (!states.ok()) return states.status();
  return SampleRequest{
      .model = std::move(model),
      .plan = std::make_shared<const SamplerPlan>(*std::move(plan)),
      .rows = wire.rows(),
      .seed = SeedOf(wire),
      .start = std::move(start),
      .noise_start = wire.noise_start(),
      .condition = {conditions.classes.begin(), conditions.classes.end()},
      .guidance = {conditions.guidance.begin(), conditions.guidance.end()},
      .constraint = *std::move(constraint),
      .states_every = *states_every,
      .states_rows = wire.states_rows(),
      .progress_every = wire.progress_every(),
      .progress_interval =
          times->progress.value_or(SampleRequest().progress_interval),
      .state_interval = times->state,
      .stop_at =
          times->budget.has_value() ? now + *times->budget : Instant::max(),
      .resume_from = *std::move(states),
      .deterministic = wire.deterministic(),
      .diagnostics = *diagnostics,
      .sink = nullptr,
      .ticket = {},
  };
}

}  // namespace scoreserve
