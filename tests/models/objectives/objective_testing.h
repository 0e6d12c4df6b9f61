// What the objectives' tests share.

#ifndef SCORESERVE_TESTS_MODELS_OBJECTIVES_OBJECTIVE_TESTING_H_
#define SCORESERVE_TESTS_MODELS_OBJECTIVES_OBJECTIVE_TESTING_H_

#include <cmath>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "ATen/core/Tensor.h"
#include "ATen/ops/empty.h"
#include "ATen/ops/softplus.h"
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

// The rows and the network on which the authors' codes of sliced score matching
// and of NCSN were run, all given by formulas of their indices.
inline at::Tensor PublishedRows() {
  return Matrix(5, 4,
                [](double b, double d) { return std::cos(1 + 3 * b + d * d); });
}

struct PublishedNetwork {
  at::Tensor w1 = Matrix(6, 4, [](double i, double j) {
                    return std::sin(i + 2 * j * j + 1) / 2;
                  }).requires_grad_(true);
  at::Tensor b1 = Vector(6, [](double i) { return .1 * std::cos(i); });
  at::Tensor w2 = Matrix(6, 6, [](double i, double j) {
    return std::sin(2 * i + j * j + .5) / std::sqrt(6.0);
  });
  at::Tensor b2 = Vector(6, [](double i) { return .1 * std::sin(i + 1); });
  at::Tensor w3 = Matrix(4, 6, [](double i, double j) {
    return std::cos(i + 3 * j + .3 * i * j) / std::sqrt(6.0);
  });
  at::Tensor energy_w3 =
      Vector(6, [](double i) { return std::cos(3 * i + .3) / std::sqrt(6.0); });

  at::Tensor Hidden(const at::Tensor& x) const {
    const at::Tensor h = at::softplus(x.matmul(w1.t()).add(b1));
    return at::softplus(h.matmul(w2.t()).add(b2));
  }
  at::Tensor Score(const at::Tensor& x) const {
    return Hidden(x).matmul(w3.t()).sub(x);
  }
  at::Tensor Energy(const at::Tensor& x) const {
    return x.square().sum(1).mul(.35).add(Hidden(x).matmul(energy_w3));
  }
};

}  // namespace scoreserve

#endif  // SCORESERVE_TESTS_MODELS_OBJECTIVES_OBJECTIVE_TESTING_H_
