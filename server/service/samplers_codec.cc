#include "server/service/samplers_codec.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "models/options.h"
#include "models/samplers/sampler.h"
#include "server/engine/model_snapshot.h"
#include "server/service/request_codec.h"

namespace scoreserve {
namespace {

// Every model's default version, by name.
std::vector<std::shared_ptr<const ModelSnapshot>> DefaultVersions(
    const ModelRegistry& registry) {
  std::vector<std::shared_ptr<const ModelSnapshot>> models;
  for (const auto& [name, entry] : *registry.table()) {
    absl::StatusOr<std::shared_ptr<const ModelSnapshot>> model =
        registry.Find({.name = name, .version = {}, .alias = {}});
    if (model.ok()) models.push_back(*std::move(model));
  }
  return models;
}

}  // namespace

void EncodeSamplers(const ModelRegistry& registry,
                    v1::ListSamplersResponse* response) {
  const std::vector<std::shared_ptr<const ModelSnapshot>> models =
      DefaultVersions(registry);
  for (const Sampler& sampler : Samplers()) {
    v1::Sampler* wire = response->add_samplers();
    wire->set_name(sampler.name);
    wire->set_help(sampler.help);
    for (const OptionDescription& option : sampler.options) {
      EncodeOption(option, wire->add_options());
    }
    for (const std::shared_ptr<const ModelSnapshot>& model : models) {
      const OptionValues options = ExampleOptions(sampler, model->target);
      if (!sampler.plan(options, model->target).ok()) continue;
      v1::SamplerExample* example = wire->add_examples();
      example->set_model(model->name);
      for (const auto& [name, value] : options) {
        EncodeOptionValue(value, &(*example->mutable_options())[name]);
      }
    }
  }
}

}  // namespace scoreserve
