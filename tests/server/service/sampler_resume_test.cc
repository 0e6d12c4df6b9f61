// Every sampler stopped at random steps, its states sent over the wire, and
// gone on with elsewhere. No thread and no clock: a step is where the test
// says.

#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "models/samplers/sampler.h"
#include "models/status.h"
#include "server/engine/request_checks.h"
#include "server/service/request_codec.h"
#include "server/service/resume_codec.h"
#include "server/service/sample_outbox.h"
#include "server/service/sample_request_codec.h"
#include "server/service/tensor_codec.h"
#include "tests/models/networks/network_testing.h"
#include "tests/server/engine/loop_harness.h"

namespace scoreserve {
namespace {

constexpr int64_t kDim = 3, kRows = 7;
constexpr float kFree = std::numeric_limits<float>::infinity();

// Networks between them for every sampler: one with an energy, and one whose
// bits depend on the rows of a pass, of three classes. Lanes are so narrow that
// some rows of a run are done before others begin.
std::vector<std::shared_ptr<const ModelSnapshot>> Models() {
  ModelFiles timed;
  timed.config = TimedConfig("vp", kDim, /*classes=*/3);
  const std::unique_ptr<ScoreNetwork> network = New(timed.config);
  Shake(*network, 0.05);
  timed.arrays = SaveWeights(*network);
  return {
      Snapshot(GaussianFiles(kDim, 1.0f, LabelKind::kNoiseLevel), 8, "gauss"),
      Snapshot(std::move(timed), 8, "timed")};
}

// Options beside the example's: every sampler as its example is, and what
// changes the kind of its steps.
std::vector<OptionValues> Variants(const Sampler& sampler) {
  const auto text = [](const char* value) { return std::string(value); };
  std::vector<OptionValues> variants = {{}};
  for (const OptionDescription& option : sampler.options) {
    const bool* flag = std::get_if<bool>(&option.default_value);
    if (flag != nullptr) variants.push_back({{option.name, !*flag}});
    if (option.name == "eta") variants.push_back({{"eta", 0.7}});
    if (option.name == "lambda") variants.push_back({{"lambda", 0.5}});
    if (option.name == "s_churn") variants.push_back({{"s_churn", 3.0}});
    if (option.name == "order") variants.push_back({{"order", int64_t{1}}});
    if (option.name == "resampling") {
      variants.push_back({{"resampling", int64_t{3}}});
    }
    if (option.name == "integrator") {
      variants.push_back({{"integrator", text("baoab")}});
      variants.push_back({{"integrator", text("obabo")}});
    }
    if (option.name != "predictor") continue;
    for (const char* predictor :
         {"ancestral", "ddim", "euler_maruyama", "reverse_diffusion"}) {
      variants.push_back({{"predictor", text(predictor)},
                          {"corrector", text("ald")},
                          {"corrector_steps", int64_t{2}}});
    }
  }
  return variants;
}

// The sampler by name, as a client asks for it.
v1::SampleRequest RequestOf(const Sampler& sampler, const ModelSnapshot& model,
                            const OptionValues& variant) {
  v1::SampleRequest wire;
  wire.mutable_model()->set_name(model.name);
  wire.set_sampler(sampler.name);
  wire.set_rows(kRows);
  wire.set_seed(11);
  wire.set_deterministic(true);
  wire.mutable_state_interval()->set_seconds(3600);
  OptionValues values = ExampleOptions(sampler, model.target);
  values["num_steps"] = int64_t{5};
  for (const auto& [name, value] : variant) values[name] = value;
  for (const auto& [name, value] : values) {
    EncodeOptionValue(value, &(*wire.mutable_options())[name]);
  }
  return wire;
}

// A coordinate is known, one is measured, one is free; and all are bounded.
void Know(v1::SampleRequest& wire) {
  EncodeRows({0.5f, -1.0f, 0.0f}, kDim, wire.mutable_mask()->mutable_value());
  EncodeRows({0.0f, 0.3f, kFree}, kDim,
             wire.mutable_mask()->mutable_deviation());
  wire.mutable_domain()->set_lower(-3.0);
  wire.mutable_domain()->set_boundary(v1::BOUNDARY_REFLECT);
}

void Condition(v1::SampleRequest& wire) {
  for (int64_t row = 0; row < kRows; ++row) {
    wire.mutable_condition()->add_classes(row % 4 - 1);
    wire.mutable_condition()->mutable_guidance()->add_values(
        0.5 * static_cast<double>(row));
  }
}

void Start(v1::SampleRequest& wire) {
  const std::vector<float> start(kRows * kDim, 0.25f);
  EncodeRows(start, kDim, wire.mutable_start());
}

// What a server makes of `wire`, but for threads: all checks, and rounds of a
// loop that the test turns.
class Served {
 public:
  Served(const std::shared_ptr<const ModelSnapshot>& model,
         const v1::SampleRequest& wire)
      : outbox_(model->dim()) {
    status_ = Submit(model, wire);
  }

  const absl::Status& status() const { return status_; }
  bool has_metropolis() const { return metropolis_; }
  int64_t num_steps() const { return num_steps_; }

  // Rounds until there is nothing to do.
  int64_t RunDry() {
    int64_t rounds = 0;
    while (harness_.Round()) ++rounds;
    return rounds;
  }
  const std::vector<float>& samples() const { return sink_.samples(); }

  // Drains after so many rounds. The states as they come from the wire.
  std::vector<v1::SamplingState> StopAfter(int64_t rounds) {
    for (int64_t round = 0; round < rounds; ++round) harness_.Round();
    harness_.loop().Drain();
    harness_.RunDry();
    EXPECT_EQ(sink_.stopped(), StopReason::kDraining);
    for (const BlockState& state : sink_.newest()) outbox_.PutState(state);
    std::vector<v1::SamplingState> states;
    v1::SampleResponse frame, received;
    while (outbox_.Next(&frame)) {
      EXPECT_TRUE(received.ParseFromString(frame.SerializeAsString()));
      if (received.has_state()) states.push_back(received.state());
    }
    return states;
  }

 private:
  absl::Status Submit(const std::shared_ptr<const ModelSnapshot>& model,
                      const v1::SampleRequest& wire) {
    const auto selector = SelectModel(wire);
    if (!selector.ok()) return selector.status();
    EXPECT_EQ(selector->name, model->name);
    auto request = DecodeSampleRequest(wire, model, harness_.clock().Now());
    if (!request.ok()) return request.status();
    metropolis_ = request->plan->table.has_metropolis();
    num_steps_ = request->plan->table.num_steps();
    v1::SamplingState identity =
        IdentityOf(wire, *model, request->seed, "test");
    absl::Status checked = CheckIdentity(wire, identity);
    if (checked.ok()) checked = CheckSampleRequest(Limits(), *request);
    if (!checked.ok()) return checked;
    outbox_.PutStarted(std::move(identity), num_steps_);
    request->sink = &sink_;
    return harness_.loop().inbox().Offer(*std::move(request));
  }

  TestSampleSink sink_;
  SampleOutbox outbox_;
  bool metropolis_ = false;
  int64_t num_steps_ = 0;
  LoopHarness harness_;
  absl::Status status_;
};

// How many of them are on their way.
int64_t Midway(const std::vector<v1::SamplingState>& states,
               int64_t num_steps) {
  return std::count_if(states.begin(), states.end(), [&](const auto& state) {
    return state.step() > 0 && state.step() < num_steps;
  });
}

// Draws `wire`, and again with two stops on the way, and returns how many
// states the first of them took from between two steps. Absent where the model
// does not suit the sampler.
std::optional<int64_t> ExpectTheSame(
    const std::shared_ptr<const ModelSnapshot>& model,
    const v1::SampleRequest& wire, std::mt19937_64& random,
    const std::string& what) {
  Served whole(model, wire);
  if (ReasonOf(whole.status()) == Reason::kUnsuitableModel) {
    return std::nullopt;
  }
  if (whole.has_metropolis() && (wire.has_mask() || wire.has_domain())) {
    EXPECT_EQ(FieldOf(whole.status()), "mask") << what;
    return 0;
  }
  EXPECT_EQ(whole.status(), absl::OkStatus()) << what;
  if (!whole.status().ok()) return 0;
  const int64_t rounds = whole.RunDry();
  const auto draw = [&](int64_t least, int64_t most) {
    return std::uniform_int_distribution<int64_t>(least, most)(random);
  };
  const int64_t first = draw(1, rounds - 1);
  std::optional<int64_t> midway;
  v1::SampleRequest resumed = wire;
  for (const int64_t stop : {first, draw(0, (rounds - first - 1) / 2)}) {
    Served part(model, resumed);
    EXPECT_EQ(part.status(), absl::OkStatus()) << what;
    const std::vector<v1::SamplingState> states = part.StopAfter(stop);
    EXPECT_FALSE(states.empty()) << what;
    if (!midway.has_value()) midway = Midway(states, whole.num_steps());
    resumed.clear_resume_from();
    for (const v1::SamplingState& state : states) {
      *resumed.add_resume_from() = state;
    }
  }
  resumed.set_require_exact(true);
  Served last(model, resumed);
  EXPECT_EQ(last.status(), absl::OkStatus()) << what;
  last.RunDry();
  EXPECT_EQ(last.samples(), whole.samples())
      << what << ", first stopped after " << first << " of " << rounds
      << " rounds";
  return midway;
}

// `plain`, with what may be known of its rows.
std::vector<std::pair<std::string, v1::SampleRequest>> Asked(
    const v1::SampleRequest& plain, const ModelSnapshot& model) {
  std::vector<std::pair<std::string, v1::SampleRequest>> asked = {
      {"", plain}, {", masked", plain}};
  Know(asked[1].second);
  Start(asked[1].second);
  if (model.network->classes() == 0) return asked;
  asked.emplace_back(", conditioned", plain);
  Condition(asked[2].second);
  return asked;
}

TEST(SamplerResumeTest, EverySamplerGoesOnBitForBitWhereverItWasStopped) {
  const auto models = Models();
  std::mt19937_64 random(5);
  for (const Sampler& sampler : Samplers()) {
    int64_t midway = 0;
    for (const OptionValues& variant : Variants(sampler)) {
      for (const auto& model : models) {
        const v1::SampleRequest plain = RequestOf(sampler, *model, variant);
        for (const auto& [known, wire] : Asked(plain, *model)) {
          const std::string what = absl::StrCat(
              sampler.name, " on ", model->name, ", ",
              variant.empty() ? "example" : variant.begin()->first, known);
          for (int i = 0; i < 3; ++i) {
            midway += ExpectTheSame(model, wire, random, what).value_or(0);
          }
        }
      }
    }
    EXPECT_GE(midway, 3) << sampler.name;
  }
}

}  // namespace
}  // namespace scoreserve
