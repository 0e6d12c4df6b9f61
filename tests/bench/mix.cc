#include "tests/bench/mix.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <map>
#include <memory>
#include <utility>

#include "absl/strings/str_join.h"
#include "models/io/model_repository.h"
#include "tests/bench/in_process.h"
#include "tests/support/test_models.h"

namespace scoreserve::bench {
namespace {

// What samplers ask for, where they do: the same names mean the same things.
absl::StatusOr<SamplerPlan> PlanOf(const Sampler& sampler, int64_t steps,
                                   const SamplerTarget& target) {
  constexpr int64_t kLevels = 10;
  const auto takes = [&sampler](const char* name) {
    return std::any_of(
        sampler.options.begin(), sampler.options.end(),
        [name](const OptionDescription& o) { return o.name == name; });
  };
  OptionValues values;
  if (takes("levels")) {
    values["levels"] = kLevels;
    steps = std::max<int64_t>(1, steps / kLevels);
  }
  if (takes("num_steps")) values["num_steps"] = steps;
  if (takes("step_size")) values["step_size"] = 2e-5;
  if (takes("label") && target.label.kind != LabelKind::kNone) {
    values["label"] = 1.0;
  }
  return sampler.plan(values, target);
}

std::vector<const Sampler*> SamplersOf(const ModelSnapshot& model) {
  std::vector<const Sampler*> samplers;
  for (const Sampler& sampler : Samplers()) {
    if (PlanOf(sampler, 20, model.target).ok()) samplers.push_back(&sampler);
  }
  return samplers;
}

}  // namespace

std::shared_ptr<const ModelSnapshot> DigitsModel(int64_t max_batch_rows,
                                                 at::Device device) {
  auto files = ModelRepository(SCORESERVE_ZOO).Read("digits", 1);
  if (!files.ok()) std::abort();
  return Snapshot(*std::move(files), max_batch_rows, "digits", device);
}

std::vector<Ask> LangevinAsks(const std::shared_ptr<const ModelSnapshot>& model,
                              int count, int64_t rows, int64_t steps) {
  const auto plan = LangevinPlan(steps);
  std::vector<Ask> asks;
  for (int i = 0; i < count; ++i) {
    asks.push_back({.model = model,
                    .plan = plan,
                    .rows = rows,
                    .seed = static_cast<uint64_t>(i)});
  }
  return asks;
}

std::vector<Ask> MixedAsks(const std::shared_ptr<const ModelSnapshot>& model,
                           int count, int64_t least, int64_t most) {
  constexpr double kFewest = 20.0, kMost = 1000.0;
  const std::vector<const Sampler*> samplers = SamplersOf(*model);
  std::vector<Ask> asks;
  for (int i = 0; i < count; ++i) {
    double u[2];
    FillUniforms({.seed = 1, .step = 0, .row = static_cast<uint32_t>(i)},
                 Purpose::kUser, 1, 2, u);
    const auto steps = static_cast<int64_t>(
        std::lround(kFewest * std::pow(kMost / kFewest, u[0])));
    const Sampler& sampler =
        *samplers[static_cast<size_t>(i) % samplers.size()];
    auto plan = PlanOf(sampler, steps, model->target);
    if (!plan.ok()) std::abort();
    asks.push_back(
        {.model = model,
         .plan = std::make_shared<const SamplerPlan>(*std::move(plan)),
         .rows = least + static_cast<int64_t>(
                             u[1] * static_cast<double>(most - least + 1)),
         .seed = static_cast<uint64_t>(i)});
  }
  return asks;
}

std::string MixedSamplers(const ModelSnapshot& model) {
  return absl::StrJoin(SamplersOf(model), " ",
                       [](std::string* out, const Sampler* sampler) {
                         out->append(sampler->name);
                       });
}

std::vector<RowStep> RowsOf(const std::vector<Ask>& asks, int64_t count) {
  std::vector<RowStep> rows;
  for (size_t i = 0; static_cast<int64_t>(rows.size()) < count;
       i = (i + 1) % asks.size()) {
    const StepTable& table = asks[i].plan->table;
    for (int64_t row = 0; row < asks[i].rows; ++row) {
      rows.push_back(ToRowStep(table.At(table.num_steps() / 2),
                               {.seed = asks[i].seed,
                                .step = 0,
                                .row = static_cast<uint32_t>(row)}));
    }
  }
  rows.resize(static_cast<size_t>(count));
  return rows;
}

}  // namespace scoreserve::bench
