// Where an auto-encoder of the experiment has the scores of its codes from.

#ifndef SCORESERVE_MODELS_EXPERIMENTS_CODE_SCORES_H_
#define SCORESERVE_MODELS_EXPERIMENTS_CODE_SCORES_H_

#include <cstdint>
#include <functional>
#include <memory>

#include "ATen/core/Tensor.h"

namespace scoreserve {

// Codes z [rows, codes] that were drawn given x [rows, dim], as constants.
struct DrawnCodes {
  at::Tensor x{};  // Undefined where the density is that of all z.
  at::Tensor z{};
  at::Tensor more{};  // [rows, draws, codes]: others of the same rows.
};

class CodeScores {
 public:
  virtual ~CodeScores() = default;

  // How many more codes of each row it needs.
  virtual int64_t draws() const = 0;

  // The scores [rows, codes] at z, once it has learnt from them as step `step`.
  virtual at::Tensor At(const DrawnCodes& drawn, int64_t step) = 0;
};

// Steps of SSM-VR that a learnt score takes before each answer.
inline constexpr int64_t kScoreSteps = 5;

// A perceptron s(z, x) that learns along.
// `context`: the numbers of x, or 0 where there is none.
std::unique_ptr<CodeScores> NewLearntScores(int64_t codes, int64_t context,
                                            int64_t width, int64_t steps,
                                            uint64_t seed);

// scores_of(samples [..., n, codes]) at samples: of each row given its own x,
// from z and `draws` more, or, where that is 0, of all z together.
std::unique_ptr<CodeScores> NewSampleScores(
    std::function<at::Tensor(const at::Tensor&)> scores_of, int64_t draws);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_EXPERIMENTS_CODE_SCORES_H_
