#include "models/experiments/likelihood.h"

#include <memory>

namespace scoreserve {
namespace {

class Likelihood final : public Objective {
 public:
  Estimand estimand() const override { return Estimand::kClean; }

  at::Tensor Losses(const ScoreNetwork& network, const ConditionedRows& rows,
                    const NoiseKey&, Workspace& workspace) const override {
    return network.Energy({.x = rows.x, .condition = rows.condition},
                          workspace);
  }
};

}  // namespace

std::unique_ptr<Objective> NewLikelihood() {
  return std::make_unique<Likelihood>();
}

}  // namespace scoreserve
