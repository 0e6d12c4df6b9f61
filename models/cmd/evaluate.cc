#include "models/cmd/evaluate.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "ATen/Parallel.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "models/io/model_repository.h"
#include "models/networks/score_network.h"
#include "models/option_text.h"
#include "models/quality/quality_data.h"
#include "models/status.h"

namespace scoreserve {
namespace {

// The version asked for, or the highest.
absl::StatusOr<ModelFiles> ReadModel(const ModelRepository& repository,
                                     const std::string& model,
                                     int64_t version) {
  if (version == 0) {
    absl::StatusOr<std::vector<int64_t>> versions = repository.Versions(model);
    if (!versions.ok()) return versions.status();
    if (versions->empty()) {
      return absl::NotFoundError(
          absl::StrCat("model '", model, "' has no version"));
    }
    version = versions->back();
  }
  return repository.Read(model, version);
}

// Whether the network knows all classes of the data.
absl::Status CheckClasses(const ScoreNetwork& network,
                          const QualityData& data) {
  if (network.classes() == 0) return absl::OkStatus();
  int64_t classes = 0;
  for (const int c : data.training_classes) {
    classes = std::max<int64_t>(classes, c + 1);
  }
  for (const int64_t c : data.hold_out_classes) {
    classes = std::max(classes, c + 1);
  }
  if (classes <= network.classes()) return absl::OkStatus();
  return InvalidField(
      "class-column",
      absl::StrCat("of the model's classes, 0 to ", network.classes() - 1),
      absl::StrCat(classes - 1));
}

}  // namespace

void EvaluateCommand::AddTo(CLI::App& app) {
  data_.AddTo(app);
  app.add_option("--repository", repository_, "Folder of the model repository")
      ->required();
  app.add_option("--model", model_, "Its name")->required();
  app.add_option("--model-version", version_, "0: the highest")
      ->capture_default_str();
  app.add_option("--sampler", sampler_,
                 "Its name [the standard one of the model's label]");
  app.add_option("--set", sampler_settings_,
                 "name=value, an option of the sampler")
      ->take_all();
  app.add_option("--guidance", options_.guidance,
                 "Guidance weights to try, of a model with classes")
      ->delimiter(',')
      ->capture_default_str();
  app.add_option("--samples", options_.samples, "Samples to draw")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  app.add_option("--subset", options_.subset,
                 "Rows of each set in a two-sample test")
      ->check(CLI::Range(2, 1'000'000))
      ->capture_default_str();
  app.add_option("--seed", options_.seed, "Decides noise and subsets")
      ->capture_default_str();
  app.add_option("--threads", threads_, "Threads of one operation")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  app.footer(
      "\nPrints, in Markdown, held-out denoising errors beside the best "
      "affine\n"
      "denoiser's, how many samples are of the class asked for, and samples "
      "beside\n"
      "held-out rows. Standard samplers: annealed Langevin, 251 evaluations, "
      "for "
      "noise\n"
      "levels; ddim, 50, for times.\n\nExample:\n"
      "  scoretrain evaluate --data tests/data/digits.csv.gz --columns 0:64 "
      "\\\n"
      "    --class-column 64 --hold-out-every 5 --repository models/zoo \\\n"
      "    --model digits\n");
}

absl::StatusOr<SamplerPlan> EvaluateCommand::Plan(
    const SamplerTarget& target) const {
  if (sampler_.empty()) {
    if (sampler_settings_.empty()) return StandardSampler(target);
    return InvalidField("sampler", "given where its options are", "absent");
  }
  absl::StatusOr<const Sampler*> sampler = FindSampler(sampler_);
  if (!sampler.ok()) return sampler.status();
  absl::StatusOr<OptionValues> options =
      ParseOptionSettings("set", sampler_settings_);
  if (!options.ok()) return options.status();
  return (*sampler)->plan(*options, target);
}

absl::Status EvaluateCommand::Run() const {
  at::set_num_threads(threads_);
  absl::StatusOr<DataOptions> data_options = data_.Parse();
  if (!data_options.ok()) return data_options.status();
  absl::StatusOr<ModelFiles> files =
      ReadModel(ModelRepository(repository_), model_, version_);
  if (!files.ok()) return files.status();
  absl::StatusOr<std::unique_ptr<ScoreNetwork>> network =
      LoadNetwork(files->config, files->arrays);
  if (!network.ok()) return network.status();
  const absl::StatusOr<SamplerTarget> target =
      TargetOf(files->config, (*network)->has_energy());
  if (!target.ok()) return target.status();
  absl::StatusOr<SamplerPlan> sampler = Plan(*target);
  if (!sampler.ok()) return sampler.status();
  absl::StatusOr<QualityData> data =
      ReadQualityData(*data_options, files->config.data);
  if (!data.ok()) return data.status();
  if (absl::Status fit = CheckClasses(**network, *data); !fit.ok()) return fit;
  const int64_t fewest = std::min(
      {data->training.rows(), data->hold_out.rows(), options_.samples});
  if (options_.subset > fewest) {
    return InvalidField(
        "subset", absl::StrCat("at most ", fewest, ", the smallest set's rows"),
        absl::StrCat(options_.subset));
  }
  const QualityReport report =
      MeasureQuality(**network, *target, *sampler, *data, options_);
  std::fputs(QualityTables(report).c_str(), stdout);
  return absl::OkStatus();
}

}  // namespace scoreserve
