// What the objectives' tests share.

#ifndef SCORESERVE_TESTS_MODELS_OBJECTIVES_OBJECTIVE_TESTING_H_
#define SCORESERVE_TESTS_MODELS_OBJECTIVES_OBJECTIVE_TESTING_H_

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "ATen/core/Tensor.h"
#include "ATen/ops/empty.h"
#include "models/networks/score_network.h"

namespace scoreserve {

// A score given by a formula, in double, so that what is published to ten
// digits can be checked to ten digits.
class FormulaNetwork final : public ScoreNetwork {
 public:
  FormulaNetwork(int64_t dim, LabelKind label,
                 std::function<at::Tensor(const ScoreInput&)> score)
      : dim_(dim), label_(label), score_(std::move(score)) {}
  int64_t dim() const override { return dim_; }
  LabelKind label_kind() const override { return label_; }
  at::Tensor Score(const ScoreInput& input, Workspace&) const override {
    return score_(input);
  }
  std::vector<std::pair<std::string, at::Tensor>> Weights() const override {
    return {};
  }

 private:
  int64_t dim_;
  LabelKind label_;
  std::function<at::Tensor(const ScoreInput&)> score_;
};

using Formula = std::function<double(double row, double column)>;

inline at::Tensor Matrix(int64_t rows, int64_t columns,
                         const Formula& formula) {
  const at::Tensor matrix = at::empty({rows, columns}, at::kDouble);
  double* value = matrix.mutable_data_ptr<double>();
  for (int64_t i = 0; i < rows; ++i) {
    for (int64_t j = 0; j < columns; ++j) {
      *value++ = formula(static_cast<double>(i), static_cast<double>(j));
    }
  }
  return matrix;
}

inline at::Tensor Vector(int64_t size,
                         const std::function<double(double)>& formula) {
  return Matrix(1, size, [&](double, double j) { return formula(j); })
      .view({size});
}

}  // namespace scoreserve

#endif  // SCORESERVE_TESTS_MODELS_OBJECTIVES_OBJECTIVE_TESTING_H_
