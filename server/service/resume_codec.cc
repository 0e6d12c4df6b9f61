#include "server/service/resume_codec.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "models/status.h"
#include "server/service/request_codec.h"
#include "server/service/request_digests.h"
#include "server/service/tensor_codec.h"

namespace scoreserve {
namespace {

using Options = google::protobuf::Map<std::string, v1::OptionValue>;

// The name of an option that only one of the two has, or has otherwise; empty
// where there is none.
std::string DifferingOption(const Options& a, const Options& b) {
  for (const auto& [name, value] : a) {
    const auto found = b.find(name);
    if (found == b.end() ||
        found->second.SerializeAsString() != value.SerializeAsString()) {
      return name;
    }
  }
  for (const auto& [name, value] : b) {
    if (!a.contains(name)) return name;
  }
  return "";
}

std::string At(int i, absl::string_view field) {
  return absl::StrCat("resume_from[", i, "].", field);
}

absl::Status CheckSame(int i, const v1::SamplingState& state,
                       const v1::SamplingState& run) {
  for (const auto& [field, theirs, ours] :
       {std::tuple("model", state.model(), run.model()),
        std::tuple("version", absl::StrCat(state.version()),
                   absl::StrCat(run.version())),
        std::tuple("sampler", state.sampler(), run.sampler()),
        std::tuple("seed", absl::StrCat(state.seed()),
                   absl::StrCat(run.seed())),
        std::tuple("rows", absl::StrCat(state.rows()),
                   absl::StrCat(run.rows()))}) {
    if (theirs == ours) continue;
    return InvalidField(At(i, field), absl::StrCat(ours, ", as the request's"),
                        theirs);
  }
  const std::string option = DifferingOption(state.options(), run.options());
  if (option.empty()) return CheckDigests(i, state, run);
  return InvalidField(At(i, absl::StrCat("options.", option)),
                      "as the request's", "not");
}

}  // namespace

absl::StatusOr<ModelSelector> SelectModel(const v1::SampleRequest& wire) {
  absl::StatusOr<ModelSelector> selector = DecodeModelRef(wire.model());
  if (!selector.ok() || wire.resume_from().empty()) return selector;
  const v1::SamplingState& state = wire.resume_from(0);
  if (state.model() != selector->name) {
    return InvalidField(At(0, "model"),
                        absl::StrCat(selector->name, ", as the request's"),
                        state.model());
  }
  if (selector->version.value_or(state.version()) != state.version()) {
    return InvalidField(At(0, "version"),
                        absl::StrCat(*selector->version, ", as the request's"),
                        absl::StrCat(state.version()));
  }
  selector->version = state.version();
  selector->alias.reset();
  return selector;
}

absl::Status LookUpError(const v1::SampleRequest& wire, absl::Status status) {
  if (wire.resume_from().empty() || !absl::IsNotFound(status)) return status;
  return WithReason(absl::FailedPreconditionError(absl::StrCat(
                        "the version that the states come from is not here: ",
                        status.message())),
                    Reason::kVersionGone);
}

v1::SamplingState IdentityOf(const v1::SampleRequest& wire,
                             const ModelSnapshot& model, uint64_t seed,
                             std::string numerics) {
  v1::SamplingState identity;
  identity.set_model(model.name);
  identity.set_version(model.version);
  identity.set_sampler(wire.sampler());
  *identity.mutable_options() = wire.options();
  identity.set_seed(seed);
  identity.set_rows(wire.rows());
  identity.set_numerics(std::move(numerics));
  if (wire.has_state_interval() || wire.has_time_budget() ||
      !wire.resume_from().empty()) {
    const auto digests = DigestsOf(wire);
    identity.mutable_digests()->insert(digests.begin(), digests.end());
  }
  return identity;
}

absl::Status CheckIdentity(const v1::SampleRequest& wire,
                           const v1::SamplingState& identity) {
  for (int i = 0; i < wire.resume_from_size(); ++i) {
    const v1::SamplingState& state = wire.resume_from(i);
    const absl::Status same = CheckSame(i, state, identity);
    if (!same.ok()) return same;
    if (!wire.require_exact()) continue;
    if (!wire.deterministic()) {
      return WithReason(absl::FailedPreconditionError(
                            "require_exact asks for a deterministic run"),
                        Reason::kInexact);
    }
    if (state.numerics() != identity.numerics()) {
      return WithReason(
          absl::FailedPreconditionError(absl::StrCat(
              "require_exact asks for numerics '", state.numerics(),
              "'; here they are '", identity.numerics(), "'")),
          Reason::kInexact);
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<BlockState>> DecodeStates(
    const v1::SampleRequest& wire, const DataSpace& space) {
  std::vector<BlockState> states;
  for (int i = 0; i < wire.resume_from_size(); ++i) {
    const v1::SamplingState& from = wire.resume_from(i);
    BlockState& state = states.emplace_back();
    state.first_row = from.first_row();
    state.step = from.step();
    for (const auto& [field, given, tensor, plane] :
         {std::tuple("x", true, &from.x(), &state.x),
          std::tuple("companion", from.has_companion(), &from.companion(),
                     &state.y),
          std::tuple("held_score", from.has_held_score(), &from.held_score(),
                     &state.held_score)}) {
      auto values = DecodeRowsIfGiven(At(i, field), given, *tensor, space);
      if (!values.ok()) return values.status();
      *plane = *std::move(values);
    }
    state.rows = static_cast<int64_t>(state.x.size()) / space.dim();
    state.held_energy.assign(from.held_energy().begin(),
                             from.held_energy().end());
  }
  return states;
}

void EncodeState(const BlockState& state, int64_t offset, int64_t rows,
                 v1::SamplingState* wire) {
  const size_t dim = state.x.size() / static_cast<size_t>(state.rows);
  wire->set_first_row(state.first_row + offset);
  wire->set_step(state.step);
  const auto encode = [&](const std::vector<float>& plane, auto tensor) {
    if (plane.empty()) return;
    EncodeRows(absl::MakeConstSpan(plane).subspan(offset * dim, rows * dim),
               static_cast<int64_t>(dim), tensor());
  };
  encode(state.x, [wire] { return wire->mutable_x(); });
  encode(state.y, [wire] { return wire->mutable_companion(); });
  encode(state.held_score, [wire] { return wire->mutable_held_score(); });
  if (state.held_energy.empty()) return;
  const double* energy = state.held_energy.data() + offset;
  wire->mutable_held_energy()->Assign(energy, energy + rows);
}

}  // namespace scoreserve
