#include "models/cmd/evaluate.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ATen/Parallel.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "models/io/model_repository.h"
#include "models/networks/score_network.h"
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

}  // namespace

void EvaluateCommand::AddTo(CLI::App& app) {
  data_.AddTo(app);
  app.add_option("--class-column", class_column_,
                 "Column that holds the class 0, 1, ... of a row; -1: none")
      ->capture_default_str();
  app.add_option("--repository", repository_, "Folder of the model repository")
      ->required();
  app.add_option("--model", model_, "Its name")->required();
  app.add_option("--model-version", version_, "0: the highest")
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
      "denoiser's, and samples (annealed Langevin, 251 evaluations) beside "
      "held-out\n"
      "rows.\n\nExample:\n"
      "  scoretrain evaluate --data tests/data/digits.csv.gz --columns 0:64 "
      "\\\n"
      "    --class-column 64 --hold-out-every 5 --repository models/zoo \\\n"
      "    --model digits\n");
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
  absl::StatusOr<SamplerPlan> sampler = StandardSampler(*target);
  if (!sampler.ok()) return sampler.status();
  std::optional<int64_t> class_column;
  if (class_column_ >= 0) class_column = class_column_;
  absl::StatusOr<QualityData> data =
      ReadQualityData(*data_options, class_column, files->config.data);
  if (!data.ok()) return data.status();
  const int64_t fewest = std::min(
      {data->training.rows(), data->hold_out.rows(), options_.samples});
  if (options_.subset > fewest) {
    return InvalidField(
        "subset", absl::StrCat("at most ", fewest, ", the smallest set's rows"),
        absl::StrCat(options_.subset));
  }
  const QualityReport report =
      MeasureQuality(**network, *sampler, *data, options_);
  std::fputs(QualityTables(report).c_str(), stdout);
  return absl::OkStatus();
}

}  // namespace scoreserve
