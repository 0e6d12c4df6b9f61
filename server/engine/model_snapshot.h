#ifndef SCORESERVE_SERVER_ENGINE_MODEL_SNAPSHOT_H_
#define SCORESERVE_SERVER_ENGINE_MODEL_SNAPSHOT_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "models/io/model_config.h"
#include "models/networks/precision.h"
#include "models/networks/score_network.h"
#include "models/samplers/sampler.h"
#include "server/engine/device_memory.h"
#include "server/engine/service_rate.h"
#include "server/engine/warm_passes.h"

namespace scoreserve {

// One version of a model in memory: what a request pins for as long as it runs.
// Immutable, held by shared_ptr<const ModelSnapshot>; Thread-safe.
struct ModelSnapshot {
  std::string name;
  int64_t version = 0;
  // Where the network lies and its requests are computed: a place in the
  // engine's list of devices.
  size_t device = 0;
  // What is promised to it there. Before the network, which goes first.
  MemoryHold memory;
  int64_t estimated_bytes = 0;  // model_memory.h; 0: nobody asked.
  ModelConfig config;
  std::unique_ptr<const ScoreNetwork> network;
  // The same in fp32, where `network` computes otherwise: what training is
  // compared with.
  const ScoreNetwork* unrounded = nullptr;
  SamplerTarget target;  // Of config and network.
  int64_t num_parameters = 0;
  // Of its scores, and the most by which they differ for it, as a share of
  // their length, on rows that were tried (models/networks/precision.h).
  Precision precision = Precision::kFp32;
  double precision_error = 0.0;
  // Rows that one pass carries: live rows and queries together.
  int64_t max_batch_rows = 0;
  // What the cost of a pass depends on, as text: its network and the shapes of
  // its arrays, but not what they hold. Versions of one model that have the
  // same share their rates.
  std::string form = {};
  // How long passes of it take: what changes about it, by itself thread-safe.
  std::shared_ptr<ServiceRates> rates = std::make_shared<ServiceRates>();
  // What its warm-up leaves to its lanes, by itself thread-safe.
  std::unique_ptr<WarmPasses> warm_passes = std::make_unique<WarmPasses>();

  int64_t dim() const { return network->dim(); }
  const ScoreNetwork& exact() const {
    return unrounded == nullptr ? *network : *unrounded;
  }
};

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_ENGINE_MODEL_SNAPSHOT_H_
