#include "models/cmd/train.h"

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "ATen/Parallel.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "models/cmd/curve.h"
#include "models/io/model_repository.h"
#include "models/status.h"
#include "models/training/checkpoint_folder.h"
#include "models/training/numerics.h"

namespace scoreserve {
namespace {

void WarnOfOtherNumerics(const std::string& saved) {
  const std::string here = ProcessorNumerics();
  if (saved == here) return;
  std::fprintf(stderr,
               "the checkpoint was written with %s, here it is %s: the last "
               "bits will differ from those of a run that never stopped\n",
               saved.c_str(), here.c_str());
}

}  // namespace

absl::Status TrainCommand::Run(const std::atomic<bool>& stop) const {
  at::set_num_threads(threads_);
  if (absl::Status given = CheckArguments(); !given.ok()) return given;
  absl::StatusOr<TrainingRun> run = Prepare();
  if (!run.ok()) return run.status();
  TrainingControl control = {
      .stop = stop,
      .log_every = absl::Seconds(log_every_),
      .checkpoint_every = absl::Seconds(checkpoint_every_)};
  if (stop_after_ > 0) control.steps_left = stop_after_;
  std::optional<CheckpointFolder> checkpoint;
  if (!checkpoint_.empty()) {
    absl::StatusOr<CheckpointFolder> opened =
        CheckpointFolder::Open(checkpoint_, run->identity);
    if (!opened.ok()) return opened.status();
    control.checkpoint = &checkpoint.emplace(*std::move(opened));
    WarnOfOtherNumerics(checkpoint->numerics());
  }
  absl::StatusOr<TrainingOutcome> outcome = TrainSeeds(*run, control);
  if (!outcome.ok()) return outcome.status();
  absl::Status published = Publish(*run, *outcome);
  if (!published.ok() || !checkpoint.has_value()) return published;
  // The version is there; that is what was asked for.
  if (absl::Status deleted = checkpoint->Delete(); !deleted.ok()) {
    Report(deleted);
  }
  return absl::OkStatus();
}

// What can be refused before any file is read.
absl::Status TrainCommand::CheckArguments() const {
  if (repository_.empty()) {
    return InvalidField("repository",
                        "repository must be given: --repository FOLDER");
  }
  if (absl::Status named = CheckModelName("model", model_); !named.ok()) {
    return named;
  }
  if (stop_after_ > 0 && checkpoint_.empty()) {
    return InvalidField("checkpoint",
                        "checkpoint must be given where stop-after is: "
                        "--checkpoint FOLDER");
  }
  return absl::OkStatus();
}

absl::Status TrainCommand::Publish(TrainingRun& run,
                                   const TrainingOutcome& outcome) const {
  const SeedRecord& best = outcome.seeds[outcome.best];
  std::map<std::string, std::string>& provenance = run.config.provenance;
  if (run.hold_out.size() > 0) {
    provenance["hold_out_loss"] =
        absl::StrFormat("%.6g", best.record.HoldOut());
  }
  if (run.seeds > 1) {
    provenance["seed"] = absl::StrCat(best.seed);
    provenance["seeds"] = absl::StrCat(outcome.seeds.front().seed, " to ",
                                       outcome.seeds.back().seed,
                                       ", of which the lowest hold-out loss");
  }
  absl::StatusOr<std::map<std::string, std::string>> extra =
      CurveFiles(outcome);
  if (!extra.ok()) return extra.status();
  const ModelFiles files = {.config = run.config, .arrays = outcome.weights};
  absl::StatusOr<int64_t> version =
      ModelRepository(repository_).Write(model_, files, *extra);
  if (!version.ok()) return version.status();
  const std::string text = SummaryText(
      absl::StrCat(repository_, "/", model_, "/", *version), run, outcome);
  std::fputs(text.c_str(), stdout);
  return absl::OkStatus();
}

}  // namespace scoreserve
