#include "client/src/sample_codec.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "client/src/condition_codec.h"
#include "client/src/diagnostics_codec.h"
#include "client/src/duration_codec.h"
#include "client/src/model_codec.h"
#include "client/src/option_codec.h"
#include "client/src/status_codec.h"
#include "client/src/tensor_codec.h"

namespace scoreserve {
inline namespace client {
namespace {

// What the wire takes for "never".
constexpr absl::Duration kLongest = absl::Hours(24 * 365);

void EncodeDomain(const DomainQuery& domain, v1::SampleRequest* request) {
  v1::Domain* wire = request->mutable_domain();
  if (domain.lower.has_value()) wire->set_lower(*domain.lower);
  if (domain.upper.has_value()) wire->set_upper(*domain.upper);
  wire->set_boundary(domain.reflect ? v1::BOUNDARY_REFLECT
                                    : v1::BOUNDARY_PROJECT);
}

// Which frames it wants, and how it may end early and go on.
absl::Status EncodeFrames(const SampleQuery& query,
                          v1::SampleRequest* request) {
  request->set_states_every(query.states_every);
  request->set_states_count(query.states_count);
  request->set_states_rows(query.states_rows);
  request->set_progress_every(query.progress_every);
  if (query.diagnostics.has_value()) {
    EncodeDiagnostics(*query.diagnostics, request->mutable_diagnostics());
  }
  request->set_deterministic(query.deterministic);
  request->set_require_exact(query.require_exact);
  EncodeDuration(std::min(query.progress_interval, kLongest),
                 request->mutable_progress_interval());
  if (query.resumable) {
    EncodeDuration(std::min(query.state_interval, kLongest),
                   request->mutable_state_interval());
  }
  if (query.time_budget != absl::InfiniteDuration()) {
    EncodeDuration(query.time_budget, request->mutable_time_budget());
  }
  v1::SampleRequest kept;
  if (!kept.ParseFromString(query.resume_from.bytes)) {
    return InvalidField("resume_from", "a checkpoint that a run gave",
                        "something else");
  }
  request->mutable_resume_from()->Swap(kept.mutable_resume_from());
  return absl::OkStatus();
}

// Rows beside what `request` holds already.
absl::Status EncodeTensor(absl::string_view field,
                          absl::Span<const float> values, int64_t rows,
                          int64_t max_bytes, const v1::SampleRequest& request,
                          v1::Tensor* tensor) {
  const auto others = static_cast<int64_t>(request.ByteSizeLong()) + 64;
  absl::Status status = CheckRows(field, values, rows, others, max_bytes);
  if (status.ok()) EncodeRows(values, rows, tensor);
  return status;
}

}  // namespace

absl::Status EncodeSample(const SampleQuery& query, int64_t max_bytes,
                          v1::SampleRequest* request) {
  absl::Status status = EncodeModelRef(query.model, request->mutable_model());
  if (!status.ok()) return status;
  request->set_sampler(query.sampler);
  EncodeOptions(query.options, request->mutable_options());
  if (query.rows < 1) {
    return InvalidField("rows", "at least 1", absl::StrCat(query.rows));
  }
  request->set_rows(query.rows);
  if (query.seed.has_value()) request->set_seed(*query.seed);
  status = EncodeFrames(query, request);
  if (!status.ok()) return status;
  request->set_noise_start(query.noise_start);
  status = EncodeCondition(query.condition, query.rows, request);
  if (!status.ok()) return status;
  if (query.domain.has_value()) EncodeDomain(*query.domain, request);
  if (query.mask.has_value()) {
    status = EncodeTensor("mask.value", query.mask->value, query.mask->rows,
                          max_bytes, *request,
                          request->mutable_mask()->mutable_value());
    if (!status.ok()) return status;
    status = EncodeTensor("mask.deviation", query.mask->deviation,
                          query.mask->rows, max_bytes, *request,
                          request->mutable_mask()->mutable_deviation());
    if (!status.ok()) return status;
  }
  if (query.start.empty()) return absl::OkStatus();
  return EncodeTensor("start", query.start, query.rows, max_bytes, *request,
                      request->mutable_start());
}

std::vector<SamplerInfo> DecodeSamplers(
    const v1::ListSamplersResponse& response) {
  std::vector<SamplerInfo> samplers;
  for (const v1::Sampler& wire : response.samplers()) {
    SamplerInfo sampler = {.name = wire.name(), .help = wire.help()};
    for (const v1::OptionDescription& option : wire.options()) {
      sampler.options.push_back(DecodeOptionInfo(option));
    }
    for (const v1::SamplerExample& example : wire.examples()) {
      sampler.examples.push_back({.model = example.model(),
                                  .options = DecodeOptions(example.options())});
    }
    samplers.push_back(std::move(sampler));
  }
  return samplers;
}

}  // namespace client
}  // namespace scoreserve
