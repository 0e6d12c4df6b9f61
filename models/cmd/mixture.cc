#include "models/cmd/mixture.h"

#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "models/cmd/arguments.h"
#include "models/io/model_repository.h"
#include "models/io/rows.h"
#include "models/networks/score_network.h"
#include "models/status.h"

namespace scoreserve {
namespace {

// A row a component: weight, variance, then the mean.
NamedArrays MixtureArrays(const Rows& rows) {
  const int64_t k = rows.rows(), dim = rows.dim - 2;
  NamedArray weights = {{k}, {}}, means = {{k, dim}, {}}, variances = {{k}, {}};
  for (int64_t i = 0; i < k; ++i) {
    weights.values.push_back(rows.row(i)[0]);
    variances.values.push_back(rows.row(i)[1]);
    means.values.insert(means.values.end(), rows.row(i) + 2,
                        rows.row(i) + rows.dim);
  }
  return {{"weights", weights}, {"means", means}, {"variances", variances}};
}

}  // namespace

void MixtureCommand::AddTo(CLI::App& app) {
  app.add_option(
         "--components", components_,
         "Rows, one a component: weight, variance, mean ...; the weights "
         "sum to 1")
      ->required();
  app.add_option(
      "--label-range", label_range_,
      "Noise levels or times that may be asked for, MIN,MAX; 0 is the "
      "density itself [0,50 or 0,1]");
  process_.AddTo(app, "OPTIONS");
  app.add_option("--repository", repository_, "Folder of the model repository")
      ->required();
  app.add_option("--model", model_, "Name; the next version of it is written")
      ->required();
  app.add_option("--description", description_, "One sentence for the config");
  app.footer(
      "\nExample:\n"
      "  scoretrain mixture --components models/zoo/mixture-2d.csv \\\n"
      "    --repository models --model mixture-2d\n");
}

absl::Status MixtureCommand::Run() const {
  absl::StatusOr<Rows> rows = ReadRows(components_);
  if (!rows.ok()) return rows.status();
  if (rows->dim < 3 || rows->rows() == 0) {
    return InvalidField("components", "rows of weight, variance and a mean",
                        absl::StrCat(rows->rows(), " rows of ", rows->dim));
  }
  absl::StatusOr<std::optional<ProcessConfig>> process = process_.Parse();
  if (!process.ok()) return process.status();
  const bool timed = process->has_value();
  absl::StatusOr<std::pair<double, double>> labels = ParseInterval(
      "label-range",
      !label_range_.empty() ? label_range_ : (timed ? "0,1" : "0,50"));
  if (!labels.ok()) return labels.status();
  ModelConfig config;
  config.process = *std::move(process);
  config.description = description_.empty()
                           ? "A mixture of Gaussians, in closed form."
                           : description_;
  config.network = "gaussian_mixture";
  config.network_options = {{"components", rows->rows()}};
  config.data.shape = {rows->dim - 2};
  config.label = {timed ? LabelKind::kTime : LabelKind::kNoiseLevel,
                  labels->first, labels->second};
  config.provenance = {{"components", components_}};
  const ModelFiles files = {.config = config, .arrays = MixtureArrays(*rows)};
  // What cannot be loaded is not published.
  const auto network = LoadNetwork(files.config, files.arrays);
  if (!network.ok()) {
    return InvalidField("components", absl::StrCat(components_, ": ",
                                                   network.status().message()));
  }
  absl::StatusOr<int64_t> version =
      ModelRepository(repository_).Write(model_, files);
  if (!version.ok()) return version.status();
  std::printf("%s/%s/%d: %d components in %d dimensions\n", repository_.c_str(),
              model_.c_str(), static_cast<int>(*version),
              static_cast<int>(rows->rows()), static_cast<int>(rows->dim - 2));
  return absl::OkStatus();
}

}  // namespace scoreserve
