// Networks in training on densities that are known (tests/support/two_modes.h).

#ifndef SCORESERVE_TESTS_MODELS_TRAINING_SCORE_MATCHING_TESTING_H_
#define SCORESERVE_TESTS_MODELS_TRAINING_SCORE_MATCHING_TESTING_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "ATen/core/Tensor.h"
#include "gtest/gtest.h"
#include "models/objectives/objective.h"
#include "models/training/trainer.h"
#include "tests/support/two_modes.h"

namespace scoreserve {

// A network of that kind and those options in training, without a label.
inline std::unique_ptr<Trainer> NewTrainer(
    const std::string& network, const OptionValues& network_options,
    int64_t dim, const std::string& objective,
    const OptionValues& objective_options, const TrainerOptions& options,
    uint64_t seed) {
  ModelConfig config;
  config.network = network;
  config.network_options = network_options;
  config.data.shape = {dim};
  return *Trainer::New(config,
                       *NewObjective(objective, objective_options, config),
                       options, seed);
}

inline void TrainFor(Trainer& trainer, int64_t steps, const at::Tensor& rows) {
  for (int64_t k = 0; k < steps; ++k) {
    const auto loss = trainer.Step({.x = rows});
    ASSERT_TRUE(loss.ok()) << loss.status();
  }
}

}  // namespace scoreserve

#endif  // SCORESERVE_TESTS_MODELS_TRAINING_SCORE_MATCHING_TESTING_H_
