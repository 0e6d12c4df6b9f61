// experiment NAME: runs a comparison and writes NAME.md and its pictures.

#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "ATen/Parallel.h"
#include "CLI/App.hpp"
#include "CLI/Config.hpp"
#include "CLI/Formatter.hpp"
#include "CLI/Validators.hpp"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "models/experiments/experiment.h"
#include "models/io/files.h"

namespace scoreserve {
namespace {

struct Arguments {
  ExperimentSettings settings;
  std::string out = "docs/experiments";
  int threads = 1;
};

absl::Status Write(const Arguments& arguments, const Experiment& experiment,
                   const ExperimentReport& report) {
  const std::string base = absl::StrCat(arguments.out, "/");
  std::string page =
      absl::StrCat("# ", experiment.title, "\n\n    ./run experiment ",
                   experiment.name, "\n\n", report.text);
  for (const auto& [name, charts] : report.pictures) {
    absl::Status drawn = WritePng(charts, absl::StrCat(base, name, ".png"));
    if (!drawn.ok()) return drawn;
    absl::StrAppend(&page, "\n![", name, "](", name, ".png)\n");
  }
  std::fputs(report.text.c_str(), stdout);
  return WriteFile(absl::StrCat(base, experiment.name, ".md"), page);
}

int Report(const absl::Status& status) {
  if (status.ok()) return 0;
  std::fprintf(stderr, "experiment: %s\n",
               std::string(status.message()).c_str());
  return status.code() == absl::StatusCode::kInvalidArgument ||
                 status.code() == absl::StatusCode::kNotFound
             ? 2
             : 1;
}

int Main(int argc, char** argv) {
  CLI::App app("Runs a comparison and writes its table and pictures.",
               "experiment");
  Arguments arguments;
  app.add_option("--data", arguments.settings.data, "Folder of the data sets")
      ->capture_default_str();
  app.add_option("--out", arguments.out, "Folder that is written to")
      ->capture_default_str();
  app.add_option("--seed", arguments.settings.seed, "Decides everything")
      ->capture_default_str();
  app.add_option("--threads", arguments.threads, "Threads of one operation")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  app.add_flag("--brief", arguments.settings.brief,
               "Go through everything once; the figures mean nothing");
  std::string name;
  std::vector<std::string> names;
  std::string list = "\nExperiments:\n";
  for (const Experiment& experiment : Experiments()) {
    names.push_back(experiment.name);
    absl::StrAppendFormat(&list, "  %-10s%s\n", experiment.name,
                          experiment.title);
  }
  app.add_option("experiment", name, "Which one (below)")
      ->required()
      ->check(CLI::IsMember(names));
  app.footer(list);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // --help
    std::fprintf(stderr, "experiment: %s\n", error.what());
    return 2;
  }
  at::set_num_threads(arguments.threads);
  for (const Experiment& experiment : Experiments()) {
    if (experiment.name != name) continue;
    absl::StatusOr<ExperimentReport> report =
        experiment.run(arguments.settings);
    if (!report.ok()) return Report(report.status());
    return Report(Write(arguments, experiment, *report));
  }
  return 0;
}

}  // namespace
}  // namespace scoreserve

int main(int argc, char** argv) {
  try {
    return scoreserve::Main(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "experiment: %s\n", error.what());
    return 1;
  }
}
