#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "models/cmd/train.h"
#include "models/networks/score_network.h"
#include "models/objectives/objective.h"
#include "models/option_text.h"
#include "models/processes/noise_process.h"
#include "models/training/trainer.h"

namespace scoreserve {
namespace {

constexpr char kExamples[] = R"(
Examples:
  Digits of 8 x 8 pixels, every fifth row held out:
    scoretrain --data tests/data/digits.csv.gz --columns 0:64 --shape 8,8 \
      --hold-out-every 5 --repository models --model digits
  The score of one density, for Langevin dynamics at noise level 0.1:
    scoretrain --data rows.npy --network mlp --set width=128 \
      --objective-set noise_level=0.1 --repository models --model rows
  Conditioned on the digit, at times of the variance-preserving process:
    scoretrain --data tests/data/digits.csv.gz --columns 0:64 --shape 8,8 \
      --class-column 64 --process vp --process-set beta_max=20 \
      --repository models --model digits-class
  A long run: after Ctrl-C, a kill or a crash the same command goes on, and ends
  with the very weights of one that never stopped:
    scoretrain --data rows.npy --steps 1000000 --checkpoint out/rows \
      --repository models --model rows
  From the weights of a version on, with other rows:
    scoretrain --data more.npy --start-from models/rows@1 --steps 500 \
      --repository models --model rows
  Three seeds, of which the one with the lowest hold-out loss is published:
    scoretrain --data rows.npy --hold-out-every 5 --seeds 3 \
      --repository models --model rows
  A closed form from a table of components; how good a model of images is:
    scoretrain mixture --help
    scoretrain evaluate --help

Exit codes:
  0    the version is published
  1    training diverged, or the version could not be written
  2    an argument or the data is wrong; stderr says which and how
  130  stopped, by a signal or --stop-after; nothing is published, and with
       --checkpoint the same command goes on
)";

// The tables of what --set, --process-set and --objective-set take.
std::string Tables() {
  std::string text;
  for (const NetworkKind& kind : NetworkKinds()) {
    absl::StrAppend(&text, "\nNetwork ", kind.name, ": ", kind.help, "\n",
                    OptionsHelp(kind.options, "  "));
  }
  for (const ProcessKind& kind : ProcessKinds()) {
    absl::StrAppend(&text, "\nProcess ", kind.name, ": ", kind.help, "\n",
                    OptionsHelp(kind.options, "  "));
  }
  for (const ObjectiveKind& kind : ObjectiveKinds()) {
    absl::StrAppend(&text, "\nObjective ", kind.name, ": ", kind.help, "\n",
                    OptionsHelp(kind.options, "  "));
  }
  return text;
}

}  // namespace

void TrainCommand::AddTo(CLI::App& app) {
  data_.AddTo(app);
  app.add_option("--start-from", start_from_,
                 "Version to begin with, REPOSITORY/MODEL[@VERSION]: its "
                 "weights, network, process, label, shape and data space, for "
                 "which no options are then taken [fresh weights]")
      ->group("Model");
  app.add_option("--network", network_,
                 "Kind of network (below) [residual_mlp]")
      ->group("Model");
  app.add_option("--set", network_settings_,
                 "name=value, an option of the network")
      ->take_all()
      ->group("Model");
  app.add_option(
         "--label-range", label_range_,
         "Noise levels or times that the network takes, MIN,MAX [its usual "
         "ones]")
      ->group("Model");
  process_.AddTo(app, "Model");
  app.add_option("--objective", objective_, "Kind of objective (below)")
      ->capture_default_str()
      ->group("Model");
  app.add_option("--objective-set", objective_settings_,
                 "name=value, an option of the objective")
      ->take_all()
      ->group("Model");
  for (const OptionDescription& option : TrainerOptionTable().Describe()) {
    std::string& text = trainer_settings_[option.name];
    text = OptionValueText(option.default_value);
    app.add_option(
           absl::StrCat("--", absl::StrReplaceAll(option.name, {{"_", "-"}})),
           text, option.help)
        ->capture_default_str()
        ->type_name(absl::AsciiStrToUpper(option.type))
        ->group("Training");
  }
  app.add_option("--seed", seed_, "Decides weights, batches and noise")
      ->capture_default_str()
      ->group("Training");
  app.add_option(
         "--seeds", seeds_,
         "Seeds to train, from --seed on; the one with the lowest hold-out "
         "loss is published")
      ->check(CLI::Range(1, 100))
      ->capture_default_str()
      ->group("Training");
  app.add_option("--threads", threads_, "Threads of one operation")
      ->check(CLI::Range(1, 256))
      ->capture_default_str()
      ->group("Training");
  app.add_option(
         "--checkpoint", checkpoint_,
         "Folder from which a run that was stopped goes on; gone when its "
         "version is published [none]")
      ->group("Checkpoint");
  app.add_option("--checkpoint-every", checkpoint_every_,
                 "Seconds between checkpoints")
      ->check(CLI::PositiveNumber)
      ->capture_default_str()
      ->group("Checkpoint");
  app.add_option("--stop-after", stop_after_,
                 "Steps of this call at most; the next goes on from there; "
                 "0: all")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str()
      ->group("Checkpoint");
  app.add_option("--repository", repository_, "Folder of the model repository")
      ->group("Output");
  app.add_option("--model", model_, "Name; the next version of it is written")
      ->group("Output");
  app.add_option("--description", description_, "One sentence for the config")
      ->group("Output");
  app.add_option(
         "--log-every", log_every_,
         "Seconds between lines of progress, where stderr is no terminal")
      ->check(CLI::PositiveNumber)
      ->capture_default_str()
      ->group("Output");
  app.footer([] { return absl::StrCat(Tables(), kExamples); });
}

}  // namespace scoreserve
