#include "server/service/request_digests.h"

#include <cstdint>
#include <functional>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "models/status.h"
#include "server/service/resume_codec.h"
#include "server/service/tensor_codec.h"

namespace scoreserve {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

// Two rows of two numbers, of which everything is given.
v1::SampleRequest Full() {
  v1::SampleRequest request;
  request.set_sampler("ddim");
  request.set_rows(2);
  EncodeRows({1, 2, 3, 4}, 2, request.mutable_start());
  request.set_noise_start(true);
  request.mutable_condition()->add_classes(1);
  request.mutable_condition()->mutable_guidance()->add_values(2.0);
  EncodeRows({5, 6}, 2, request.mutable_mask()->mutable_value());
  EncodeRows({0, kInfinity}, 2, request.mutable_mask()->mutable_deviation());
  request.mutable_domain()->set_lower(-1.0);
  request.mutable_domain()->set_upper(9.0);
  request.mutable_domain()->set_boundary(v1::BOUNDARY_REFLECT);
  request.mutable_state_interval()->set_seconds(1);
  return request;
}

v1::SampleRequest Bare() {
  v1::SampleRequest request;
  request.set_sampler("ddim");
  request.set_rows(2);
  request.mutable_state_interval()->set_seconds(1);
  return request;
}

// What is said of `to` where it goes on from a state of `from`.
absl::Status GoOn(const v1::SampleRequest& from, v1::SampleRequest to) {
  const ModelSnapshot model;
  *to.add_resume_from() = IdentityOf(from, model, 1, "here");
  return CheckIdentity(to, IdentityOf(to, model, 1, "here"));
}

struct Change {
  std::string field;
  std::function<void(v1::SampleRequest&)> make;
};

// Another value of every field; what is absent of it is named "absent".
std::vector<Change> Changes() {
  using R = v1::SampleRequest;
  return {
      {"start",
       [](R& r) {
         EncodeRows({1, 2, 3, 5}, 2, r.mutable_start());
       }},
      {"start absent", [](R& r) { r.clear_start(); }},
      {"noise_start absent", [](R& r) { r.set_noise_start(false); }},
      {"condition.classes",
       [](R& r) { r.mutable_condition()->set_classes(0, 2); }},
      {"condition.classes absent",
       [](R& r) { r.mutable_condition()->clear_classes(); }},
      {"condition.guidance",
       [](R& r) {
         r.mutable_condition()->mutable_guidance()->set_values(0, 2.5);
       }},
      {"condition.guidance absent",
       [](R& r) { r.mutable_condition()->clear_guidance(); }},
      {"mask.value",
       [](R& r) {
         EncodeRows({5, 7}, 2, r.mutable_mask()->mutable_value());
       }},
      {"mask.deviation",
       [](R& r) {
         EncodeRows({kInfinity, 0}, 2, r.mutable_mask()->mutable_deviation());
       }},
      {"mask.deviation absent", [](R& r) { r.clear_mask(); }},
      {"domain.lower", [](R& r) { r.mutable_domain()->set_lower(-2.0); }},
      {"domain.lower absent", [](R& r) { r.mutable_domain()->clear_lower(); }},
      {"domain.upper", [](R& r) { r.mutable_domain()->set_upper(8.0); }},
      {"domain.upper absent", [](R& r) { r.mutable_domain()->clear_upper(); }},
      {"domain.boundary",
       [](R& r) { r.mutable_domain()->set_boundary(v1::BOUNDARY_PROJECT); }},
  };
}

TEST(RequestDigestsTest, WhatIsAsItWasIsTaken) {
  EXPECT_EQ(GoOn(Full(), Full()), absl::OkStatus());
  EXPECT_EQ(GoOn(Bare(), Bare()), absl::OkStatus());
}

TEST(RequestDigestsTest, WhatDiffersIsNamed) {
  for (const auto& [what, make] : Changes()) {
    v1::SampleRequest changed = Full();
    make(changed);
    const size_t space = what.find(' ');
    const std::string field = what.substr(0, space);
    const bool absent = space != std::string::npos;
    const std::string rule = absl::StrCat(
        field, " must be as in the request that resume_from[0] comes from");
    const absl::Status lacks = GoOn(Full(), changed);
    EXPECT_EQ(FieldOf(lacks), field) << what;
    EXPECT_EQ(lacks.message(),
              absl::StrCat(rule, "; was ", absent ? "absent" : "another"));
    const absl::Status adds = GoOn(changed, Full());
    EXPECT_EQ(adds.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(adds.message(),
              absl::StrCat(rule, "; was ", absent ? "given" : "another"));
  }
}

TEST(RequestDigestsTest, EveryFieldHasOne) {
  std::set<std::string> changed;
  for (const Change& change : Changes()) {
    changed.insert(change.field.substr(0, change.field.find(' ')));
  }
  std::set<std::string> digested;
  for (const auto& [field, digest] : DigestsOf(Full())) digested.insert(field);
  EXPECT_EQ(digested, changed);
  EXPECT_TRUE(DigestsOf(Bare()).empty());
}

// On any machine, in any year: states outlive servers.
TEST(RequestDigestsTest, TheFirstBitsOfASha256OfTheNumbers) {
  v1::SampleRequest request;
  EncodeRows({1.0f}, 1, request.mutable_start());
  // printf '\0\0\x80\x3f' | sha256sum
  EXPECT_EQ(DigestsOf(request)["start"], 0xe00e5eb9444182f3u);
  request.mutable_domain()->set_lower(1.0);
  // printf '\0\0\0\0\0\0\xf0\x3f' | sha256sum
  EXPECT_EQ(DigestsOf(request)["domain.lower"], 0x6c3c396ed6b5c36du);
}

TEST(RequestDigestsTest, HowRowsAreShapedAndSentIsFree) {
  v1::SampleRequest changed = Full();
  v1::Tensor* start = changed.mutable_start();
  start->add_shape(1);  // [2, 2, 1]
  changed.set_deterministic(true);
  changed.set_states_every(3);
  changed.clear_state_interval();
  changed.mutable_time_budget()->set_seconds(1);
  EXPECT_EQ(GoOn(Full(), changed), absl::OkStatus());
  v1::SampleRequest unspecified = Full(), project = Full();
  unspecified.mutable_domain()->clear_boundary();
  project.mutable_domain()->set_boundary(v1::BOUNDARY_PROJECT);
  EXPECT_EQ(GoOn(unspecified, project), absl::OkStatus());
}

TEST(RequestDigestsTest, AFieldOfALaterServerIsRefusedByName) {
  const ModelSnapshot model;
  v1::SampleRequest request = Bare();
  v1::SamplingState state = IdentityOf(request, model, 1, "here");
  (*state.mutable_digests())["charge"] = 7;
  *request.add_resume_from() = state;
  const absl::Status status =
      CheckIdentity(request, IdentityOf(request, model, 1, "here"));
  EXPECT_EQ(FieldOf(status), "charge");
}

}  // namespace
}  // namespace scoreserve
