#include <unistd.h>

#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "client/cmd/animate.h"
#include "client/cmd/commands.h"
#include "client/cmd/connection.h"
#include "client/cmd/describe.h"
#include "client/cmd/diagnostics.h"
#include "client/cmd/find_sampler.h"
#include "client/cmd/json.h"
#include "client/cmd/known.h"
#include "client/cmd/outcome.h"
#include "client/cmd/output.h"
#include "client/cmd/progress.h"
#include "client/cmd/sampler_example.h"
#include "client/cmd/set_option.h"
#include "models/io/rows.h"
#include "scoreserve/client.h"

namespace scoreserve::ctl {
namespace {

struct Options {
  ConnectionOptions connection;
  OutputOptions output;
  AnimateOptions animate;
  DiagnosticsOptions diagnostics;
  KnownOptions known;
  std::string model;
  std::string sampler;
  std::string input;
  std::vector<std::string> settings;
  std::optional<int64_t> rows, steps;
  std::optional<double> noise_level, time;
  std::optional<uint64_t> seed;
  bool noise_input = false;
};

// --set, and the options that have a flag of their own, as the sampler's table
// types them.
absl::StatusOr<OptionValues> SamplerOptions(Client& client,
                                            const Options& options) {
  const absl::StatusOr<std::vector<SamplerInfo>> samplers =
      client.ListSamplers();
  if (!samplers.ok()) return samplers.status();
  const absl::StatusOr<SamplerInfo> sampler =
      FindSampler(*samplers, options.sampler);
  if (!sampler.ok()) return sampler.status();
  std::vector<std::string> settings = options.settings;
  if (options.steps.has_value()) {
    settings.push_back(absl::StrCat("num_steps=", *options.steps));
  }
  for (const std::optional<double>& label :
       {options.noise_level, options.time}) {
    if (label.has_value()) settings.push_back(absl::StrCat("label=", *label));
  }
  return TypedOptions(*sampler, settings);
}

// Tells `recording`, unless it is null, of the states.
absl::StatusOr<Samples> Draw(Client& client, const SampleQuery& query,
                             Recording* recording) {
  ProgressLine progress(std::cerr, isatty(STDERR_FILENO), absl::Now());
  const SampleObserver observer = {
      .on_start =
          [](const SampleStart& start) {
            std::cerr << "version " << start.version << ", seed " << start.seed
                      << ", " << start.num_steps << " steps\n";
          },
      .on_step =
          [&](const SampleStep& step) {
            progress.Show(step.step, step.num_steps, absl::Now(),
                          step.diagnostics.has_value()
                              ? DiagnosticsNote(*step.diagnostics)
                              : "");
          },
      .on_state =
          [&](const SampleState& state) {
            if (recording != nullptr) recording->Take(state);
          },
      .on_resume =
          [&](const SampleResume& resume) {
            progress.End();
            std::cerr << "going on from step " << resume.step << ": "
                      << resume.why.message() << "\n";
          }};
  absl::StatusOr<Samples> samples = client.Sample(query, observer);
  if (samples.ok()) {
    progress.Show(samples->steps, samples->start.num_steps, absl::Now());
  }
  progress.End();
  if (samples.ok() && samples->steps < samples->start.num_steps) {
    std::cerr << "stopped after step " << samples->steps << " of "
              << samples->start.num_steps << ": every R-hat is at most "
              << *query.diagnostics->stop_at_r_hat << "\n";
  }
  return samples;
}

absl::Status PrintResult(const Options& options, const Samples& samples,
                         const Rows& x, absl::Duration time) {
  const bool to_file = options.output.to_file();
  if (options.connection.json()) {
    Json json = {{"model", options.model},
                 {"version", samples.start.version},
                 {"sampler", options.sampler},
                 {"seed", samples.start.seed},
                 {"num_steps", samples.start.num_steps},
                 {"steps", samples.steps},
                 {"rows", samples.rows},
                 {"dim", samples.dim},
                 {"seconds", absl::ToDoubleSeconds(time)}};
    if (samples.diagnostics.has_value()) {
      json["diagnostics"] = DiagnosticsJson(*samples.diagnostics);
    }
    if (!to_file) json["x"] = RowsJson(x);
    PrintJson(json);
    return absl::OkStatus();
  }
  if (samples.diagnostics.has_value()) {
    std::cerr << DiagnosticsText(*samples.diagnostics);
  }
  if (!to_file) return FileError(WriteRows("-", x));
  std::cout << "drew " << samples.rows << " rows of " << samples.dim
            << " numbers with seed " << samples.start.seed << " in "
            << absl::FormatDuration(absl::Trunc(time, absl::Milliseconds(1)))
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
  if (checked.ok()) checked = CheckAnimate(options.animate, *model);
  if (!checked.ok()) return checked;
  absl::StatusOr<OptionValues> values = SamplerOptions(**client, options);
  if (!values.ok()) return values.status();
  Rows start;
  if (!options.input.empty()) {
    absl::StatusOr<Rows> read = ReadRows(options.input);
    if (!read.ok()) return FileError(read.status());
    start = *std::move(read);
  }

  const int64_t default_rows = start.rows() > 0 ? start.rows() : 16;
  SampleQuery query = {
      .model = {.name = model->name, .version = model->version},
      .sampler = options.sampler,
      .options = *std::move(values),
      .rows = options.rows.value_or(default_rows),
      .seed = options.seed,
      .start = start.values,
      .noise_start = options.noise_input,
      .diagnostics = options.diagnostics.query()};
  const absl::StatusOr<KnownRows> known =
      KnownRows::Read(options.known, query.rows, model->dim());
  if (!known.ok()) return known.status();
  known->Fill(query);
  std::unique_ptr<Recording> recording;
  if (options.animate.wanted()) {
    recording = std::make_unique<Recording>(options.animate, *model, &query);
  }
  const absl::Time begin = absl::Now();
  absl::StatusOr<Samples> samples = Draw(**client, query, recording.get());
  if (!samples.ok()) return samples.status();
  const absl::Duration time = absl::Now() - begin;

  const Rows x = {.dim = samples->dim, .values = std::move(samples->x)};
  if (options.output.to_file()) {
    absl::Status written =
        WriteOutput(options.output, *model, x, DataRange(*model, x));
    if (!written.ok()) return written;
  }
  absl::Status plotted = WritePlot(options.output, *model, x, std::nullopt);
  if (plotted.ok() && recording != nullptr) {
    plotted = recording->Write(samples->start.num_steps, x);
  }
  if (!plotted.ok()) return plotted;
  return PrintResult(options, *samples, x, time);
}

}  // namespace

void AddSampleCommand(CLI::App& app, absl::Status* outcome) {
  CLI::App* command = app.add_subcommand("sample", "Draw samples from a model");
  auto options = std::make_shared<Options>();
  command
      ->add_option("--model", options->model,
                   "NAME, NAME@VERSION or NAME@ALIAS")
      ->required();
  command
      ->add_option("--sampler", options->sampler,
                   "Its name; 'scorectl samplers' lists them")
      ->required();
  command->add_option("--rows", options->rows,
                      "How many samples (16, or as many as --input has)");
  command->add_option("--steps", options->steps, "Short for --set num_steps=N");
  command
      ->add_option("--set", options->settings,
                   "OPTION=VALUE, one of the sampler's; may be repeated")
      ->take_all()
      ->allow_extra_args(false);
  CLI::Option* noise_level = command->add_option(
      "--noise-level", options->noise_level,
      "Short for --set label=X, where the network takes a noise level");
  command
      ->add_option("--time", options->time,
                   "Short for --set label=T, where the network takes a time")
      ->excludes(noise_level);
  command->add_option(
      "--seed", options->seed,
      "The same seed draws the same samples (the server draws one)");
  CLI::Option* input = command->add_option(
      "--input", options->input,
      "Rows to start from instead of noise: a .csv, .csv.gz or .npy "
      "file, or - for csv on standard input");
  command
      ->add_flag("--noise-input", options->noise_input,
                 "--input is clean data: noise it to the sampler's first level")
      ->needs(input);
  AddOutputOptions(*command, options->output);
  AddKnownOptions(*command, options->known);
  AddDiagnosticsOptions(*command, options->diagnostics);
  AddAnimateOptions(*command, options->animate);
  AddConnectionOptions(*command, options->connection);
  command->footer([options] { return SampleHelp(options->connection); });
  command->footer(
      "Without --output the samples go to standard output, as csv or json; "
      "seed and\n"
      "progress go to standard error.\n\n"
      "Examples:\n"
      "  scorectl sample --model mixture-2d --sampler langevin --rows 1000 "
      "--steps 500 "
      "--noise-level 0 --set step_size=0.01 --seed 1 --plot samples.png "
      "--output x.csv\n"
      "  scorectl sample --model digits --sampler annealed_langevin --rows 64 "
      "--steps 25 --set first_noise_level=10 --set last_noise_level=0.05 "
      "--set step_size=0.00025 --set denoise=true --output digits.png\n"
      "  scorectl sample --model mixture-2d --sampler langevin --rows 500 "
      "--steps 400 --noise-level 0 --set step_size=0.01 "
      "--set start_scale=3 --animate moving.gif --output x.npy\n"
      "  scorectl sample --model mixture-2d --sampler mala --rows 64 "
      "--steps 20000 --noise-level 1 --set step_size=0.3 "
      "--diagnostics --burn-in 500 --rhat-target 1.01 --output x.csv\n");
  command->callback([options, outcome] { *outcome = Run(*options); });
}

}  // namespace scoreserve::ctl
