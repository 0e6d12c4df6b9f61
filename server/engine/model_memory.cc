#include "server/engine/model_memory.h"

#include <algorithm>
#include <memory>

#include "models/networks/guidance.h"
#include "models/networks/peak_bytes.h"
#include "server/engine/device.h"
#include "server/engine/scheduler.h"

namespace scoreserve {
namespace {

constexpr int64_t kFewRows = 8, kMoreRows = 32;

int64_t Measured(const ScoreNetwork& network, const ModelConfig& config,
                 int64_t rows, bool energies) {
  return PeakTensorBytesHere([&] {
    Pass pass(&network, rows, energies);
    pass.NeedCompanion();
    if (energies) pass.NeedHeld();
    FillBlank(config, pass);
    pass.rows = rows;
    const std::unique_ptr<Device> processor = NewCpuDevice(/*threads=*/1);
    // The second holds what the first has left.
    for (int i = 0; i < 2; ++i) {
      processor->Begin(pass);
      if (!processor->Finish(pass).ok()) return;
    }
  });
}

}  // namespace

void FillBlank(const ModelConfig& config, Pass& pass) {
  const int64_t most = pass.x.size(0);
  std::fill_n(pass.label.data_ptr<double>(), most, config.label.max);
  if (pass.condition.defined()) {
    std::fill_n(pass.condition.data_ptr<int64_t>(), most, kNoCondition);
    std::fill_n(pass.guidance.data_ptr<float>(), most, 1.0f);
  }
  pass.rows = 1;
}

PassMemory::PassMemory(const ScoreNetwork& network, const ModelConfig& config,
                       bool energies)
    : few_(Measured(network, config, kFewRows, energies)),
      more_(Measured(network, config, kMoreRows, energies)) {}

int64_t PassMemory::Bytes(int64_t rows) const {
  return few_ + (more_ - few_) * (rows - kFewRows) / (kMoreRows - kFewRows);
}

int64_t ModelBytes(const ScoreNetwork& network, const ModelConfig& config,
                   int64_t max_batch_rows, int loops) {
  int64_t passes = 0;
  for (const bool energies : {false, true}) {
    if (energies && !network.has_energy()) continue;
    const PassMemory pass(network, config, energies);
    passes += pass.Bytes(max_batch_rows) +
              pass.Bytes(DeterministicRows(max_batch_rows));
  }
  int64_t weights = 0;
  for (const auto& [name, weight] : network.Weights())
    weights += static_cast<int64_t>(weight.nbytes());
  return weights + loops * passes;
}

}  // namespace scoreserve
