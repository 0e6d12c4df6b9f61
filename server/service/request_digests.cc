#include "server/service/request_digests.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "models/io/sha256.h"
#include "models/status.h"

namespace scoreserve {
namespace {

uint64_t DigestOf(absl::string_view bytes) {
  uint64_t digest = 0;
  (void)absl::SimpleHexAtoi(Sha256Hex(bytes).substr(0, 16), &digest);
  return digest;
}

template <typename Number>
absl::string_view BytesOf(const Number* numbers, size_t count) {
  return {reinterpret_cast<const char*>(numbers), count * sizeof(Number)};
}

}  // namespace

std::map<std::string, uint64_t> DigestsOf(const v1::SampleRequest& wire) {
  std::map<std::string, uint64_t> digests;
  const auto add = [&](bool given, const char* field, absl::string_view bytes) {
    if (given) digests[field] = DigestOf(bytes);
  };
  const auto add_number = [&](bool given, const char* field, double number) {
    add(given, field, BytesOf(&number, 1));
  };
  add(wire.has_start(), "start", wire.start().data());
  add_number(wire.noise_start(), "noise_start", 1.0);
  const auto& classes = wire.condition().classes();
  add(!classes.empty(), "condition.classes",
      BytesOf(classes.data(), classes.size()));
  const auto& guidance = wire.condition().guidance().values();
  add(!guidance.empty(), "condition.guidance",
      BytesOf(guidance.data(), guidance.size()));
  add(wire.has_mask(), "mask.value", wire.mask().value().data());
  add(wire.has_mask(), "mask.deviation", wire.mask().deviation().data());
  const v1::Domain& domain = wire.domain();
  add_number(domain.has_lower(), "domain.lower", domain.lower());
  add_number(domain.has_upper(), "domain.upper", domain.upper());
  // Unspecified is to project.
  add_number(wire.has_domain(), "domain.boundary",
             domain.boundary() == v1::BOUNDARY_REFLECT ? 1.0 : 0.0);
  return digests;
}

absl::Status CheckDigests(int i, const v1::SamplingState& state,
                          const v1::SamplingState& run) {
  // Sorted, so that the same field is named each time.
  std::set<std::string> fields;
  for (const auto& [field, digest] : state.digests()) fields.insert(field);
  for (const auto& [field, digest] : run.digests()) fields.insert(field);
  for (const std::string& field : fields) {
    const auto theirs = state.digests().find(field);
    const auto ours = run.digests().find(field);
    const bool had = theirs != state.digests().end();
    const bool given = ours != run.digests().end();
    if (had && given && theirs->second == ours->second) continue;
    return InvalidField(
        field,
        absl::StrCat("as in the request that resume_from[", i, "] comes from"),
        !given ? "absent"
        : !had ? "given"
               : "another");
  }
  return absl::OkStatus();
}

}  // namespace scoreserve
