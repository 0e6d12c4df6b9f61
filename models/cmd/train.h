#ifndef SCORESERVE_MODELS_CMD_TRAIN_H_
#define SCORESERVE_MODELS_CMD_TRAIN_H_

#include <atomic>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "CLI/App.hpp"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "models/cmd/arguments.h"
#include "models/cmd/process_arguments.h"
#include "models/cmd/train_seeds.h"
#include "models/cmd/training_run.h"
#include "models/io/model_config.h"
#include "models/objectives/objective.h"
#include "models/training/run_identity.h"

namespace scoreserve {

// scoretrain without a subcommand: rows in, a version of a model out.
class TrainCommand {
 public:
  // Declares the options, which are read into this object.
  void AddTo(CLI::App& app);

  // Trains and publishes; the summary goes to stdout, progress to stderr. Ends
  // with CANCELLED, nothing published, soon after `stop` is set; the same
  // command then goes on where it was, if it has a folder for a checkpoint.
  absl::Status Run(const std::atomic<bool>& stop) const;

 private:
  absl::Status CheckArguments() const;
  absl::StatusOr<ModelConfig> Config() const;
  // That of the version to start from; its weights and name into `run`.
  absl::StatusOr<ModelConfig> ConfigOfStart(TrainingRun& run) const;
  absl::StatusOr<TrainingRun> Prepare() const;
  absl::Status ReadRowsFor(const Objective& objective, TrainingRun& run) const;
  RunIdentity Identity(const TrainingRun& run) const;
  absl::Status Publish(TrainingRun& run, const TrainingOutcome& outcome) const;

  DataArguments data_;
  std::string network_, objective_ = "denoising", start_from_;
  std::vector<std::string> network_settings_, objective_settings_;
  ProcessArguments process_;
  std::map<std::string, std::string> trainer_settings_;
  std::string label_range_, repository_, model_, description_;
  std::string checkpoint_;
  uint64_t seed_ = 1;
  int64_t seeds_ = 1, stop_after_ = 0;
  int threads_ = 1;
  double log_every_ = 10.0, checkpoint_every_ = 60.0;
};

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_CMD_TRAIN_H_
