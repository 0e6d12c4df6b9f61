#include <algorithm>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/types/span.h"
#include "client/cmd/commands.h"
#include "client/cmd/condition.h"
#include "client/cmd/connection.h"
#include "client/cmd/describe.h"
#include "client/cmd/json.h"
#include "client/cmd/outcome.h"
#include "client/cmd/output.h"
#include "models/io/rows.h"
#include "scoreserve/client.h"

namespace scoreserve::ctl {
namespace {

// Of one request; larger inputs take several.
constexpr int64_t kRequestBytes = 16 << 20;

struct Options {
  ConnectionOptions connection;
  OutputOptions output;
  std::string model;
  std::string input;
  std::optional<double> noise_level, time;
  ConditionOptions condition;
  bool energy = false;
};

// What the server answered.
struct Scored {
  Rows scores;
  std::vector<double> energies;  // Empty without --energy.
};

absl::Span<const double> OneOrNone(const std::optional<double>& value) {
  if (!value.has_value()) return {};
  return absl::MakeConstSpan(&*value, 1);
}

// The scores of all of `x`, from the one version that `model` is.
absl::StatusOr<Scored> ScoreAll(Client& client, const Options& options,
                                const ModelInfo& model, const Rows& x) {
  Scored scored = {
      .scores = {.dim = x.dim, .values = std::vector<float>(x.values.size())},
      .energies = {}};
  if (options.energy) scored.energies.resize(x.rows());
  const int64_t fit =
      kRequestBytes / (x.dim * static_cast<int64_t>(sizeof(float)));
  const int64_t most = std::max<int64_t>(1, std::min(fit, model.max_rows));
  const absl::StatusOr<std::vector<int64_t>> classes =
      ClassesOf(options.condition, x.rows());
  if (!classes.ok()) return classes.status();
  for (int64_t row = 0; row < x.rows(); row += most) {
    const int64_t rows = std::min(most, x.rows() - row);
    const ScoreQuery query = {
        .model = {.name = model.name, .version = model.version},
        .x = absl::MakeConstSpan(x.row(row), rows * x.dim),
        .rows = rows,
        .noise_level = OneOrNone(options.noise_level),
        .time = OneOrNone(options.time),
        .condition = {
            .classes = classes->size() > 1
                           ? absl::MakeConstSpan(*classes).subspan(row, rows)
                           : absl::MakeConstSpan(*classes),
            .guidance = OneOrNone(options.condition.guidance)}};
    const absl::Span<float> scores =
        absl::MakeSpan(scored.scores.values).subspan(row * x.dim, rows * x.dim);
    const absl::StatusOr<int64_t> version =
        options.energy ? client.ScoreWithEnergy(
                             query, scores,
                             absl::MakeSpan(scored.energies).subspan(row, rows))
                       : client.Score(query, scores);
    if (!version.ok()) return version.status();
  }
  return scored;
}

// The scores, and behind them a column of energies where there are some.
Rows Table(const Scored& scored) {
  const Rows& scores = scored.scores;
  if (scored.energies.empty()) return scores;
  Rows table = {.dim = scores.dim + 1, .values = {}};
  table.values.reserve(scores.values.size() + scored.energies.size());
  for (int64_t row = 0; row < scores.rows(); ++row) {
    table.values.insert(table.values.end(), scores.row(row),
                        scores.row(row) + scores.dim);
    table.values.push_back(static_cast<float>(scored.energies[row]));
  }
  return table;
}

absl::Status PrintResult(const Options& options, const ModelInfo& model,
                         const Scored& scored, absl::Duration time) {
  const Rows& scores = scored.scores;
  const bool to_file = options.output.to_file();
  if (options.connection.json()) {
    Json json = {{"model", model.name},
                 {"version", model.version},
                 {"rows", scores.rows()},
                 {"dim", scores.dim},
                 {"seconds", absl::ToDoubleSeconds(time)}};
    if (!to_file) json["score"] = RowsJson(scores);
    if (!to_file && options.energy) json["energy"] = scored.energies;
    PrintJson(json);
    return absl::OkStatus();
  }
  if (!to_file) return FileError(WriteRows("-", Table(scored)));
  std::cout << "scored " << scores.rows() << " rows of " << scores.dim
            << " numbers with " << VersionText(model) << " in "
            << absl::FormatDuration(absl::Trunc(time, absl::Microseconds(1)))
            << "; written to " << options.output.output << "\n";
  return absl::OkStatus();
}

absl::Status Run(const Options& options) {
  const absl::StatusOr<ModelRef> ref = ParseModelRef(options.model);
  if (!ref.ok()) return UsageError(ref.status().message());
  const absl::StatusOr<std::unique_ptr<Client>> client =
      Connect(options.connection);
  if (!client.ok()) return client.status();
  const absl::StatusOr<ModelInfo> model = (*client)->GetModel(*ref);
  if (!model.ok()) return model.status();
  absl::Status checked = CheckOutput(options.output, *model);
  if (!checked.ok()) return checked;
  if (options.energy && absl::EndsWith(options.output.output, ".png")) {
    return UsageError(
        "--energy has no place in a contact sheet, --output .png");
  }
  const absl::StatusOr<Rows> x = ReadRows(options.input);
  if (!x.ok()) return FileError(x.status());

  const absl::Time begin = absl::Now();
  const absl::StatusOr<Scored> scored = ScoreAll(**client, options, *model, *x);
  if (!scored.ok()) return scored.status();
  const Rows& scores = scored->scores;
  const absl::Duration time = absl::Now() - begin;

  if (options.output.to_file()) {
    absl::Status written = WriteOutput(options.output, *model, Table(*scored),
                                       SymmetricRange(scores));
    if (!written.ok()) return written;
  }
  absl::Status plotted = WritePlot(options.output, *model, *x, scores);
  if (!plotted.ok()) return plotted;
  return PrintResult(options, *model, *scored, time);
}

}  // namespace

void AddScoreCommand(CLI::App& app, absl::Status* outcome) {
  CLI::App* command =
      app.add_subcommand("score", "Evaluate a score at rows of a file");
  auto options = std::make_shared<Options>();
  command
      ->add_option("--model", options->model,
                   "NAME, NAME@VERSION or NAME@ALIAS")
      ->required();
  command
      ->add_option(
          "--input", options->input,
          "Rows, in data space: a .csv, .csv.gz or .npy file, or - for csv on "
          "standard input")
      ->required();
  CLI::Option* noise_level = command->add_option(
      "--noise-level", options->noise_level,
      "The label of a network that takes a noise level, in model space");
  command
      ->add_option("--time", options->time,
                   "The label of a network that takes a time")
      ->excludes(noise_level);
  AddConditionOptions(*command, options->condition);
  command->add_flag(
      "--energy", options->energy,
      "Add the energy, -log p up to a constant, where the model has one: as a "
      "last column, of float32, or as \"energy\" in json, of float64");
  AddOutputOptions(*command, options->output);
  AddConnectionOptions(*command, options->connection);
  command->footer(
      "Without --output the scores go to standard output, as csv or json.\n\n"
      "Examples:\n"
      "  echo 0.5,1 | scorectl score --model mixture-2d --noise-level 0 "
      "--input -\n"
      "  echo 0.5,1 | scorectl score --model mixture-2d --noise-level 0 "
      "--energy --input -\n"
      "  scorectl score --model digits@1 --noise-level 0.5 --input x.npy "
      "--output s.npy\n"
      "  scorectl score --model mixture-2d --noise-level 0.2 --input grid.csv "
      "--plot arrows.png --format json\n");
  command->callback([options, outcome] { *outcome = Run(*options); });
}

}  // namespace scoreserve::ctl
