// What the objectives' tests share.

#ifndef SCORESERVE_TESTS_MODELS_OBJECTIVES_OBJECTIVE_TESTING_H_
#define SCORESERVE_TESTS_MODELS_OBJECTIVES_OBJECTIVE_TESTING_H_

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "ATen/core/Tensor.h"
#include "ATen/ops/empty.h"
#include "ATen/ops/softplus.h"
#include "gtest/gtest.h"
#include "models/networks/energy_network.h"
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

// An energy given by a formula, in double, and its gradient. Counts what it is
// asked for.
class FormulaEnergy final : public EnergyNetwork {
 public:
  FormulaEnergy(int64_t dim,
                std::function<at::Tensor(const ScoreInput&)> energy,
                LabelKind label = LabelKind::kNone)
      : dim_(dim), label_(label), energy_(std::move(energy)) {}
  int64_t dim() const override { return dim_; }
  LabelKind label_kind() const override { return label_; }
  at::Tensor Energy(const ScoreInput& input, Workspace&) const override {
    ++calls;
    rows += input.x.size(0);
    differentiated |= input.x.requires_grad();
    return energy_(input);
  }
  std::vector<std::pair<std::string, at::Tensor>> Weights() const override {
    return {};
  }

  mutable int64_t calls = 0, rows = 0;
  mutable bool differentiated = false;

 private:
  int64_t dim_;
  LabelKind label_;
  std::function<at::Tensor(const ScoreInput&)> energy_;
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

// What the authors' normals are replaced by: of a direction and of noise.
inline at::Tensor PublishedDirections() {
  return Matrix(5, 4, [](double b, double d) {
    return std::sin(2 + 2 * b + 1.5 * d * d);
  });
}
inline at::Tensor PublishedNoise() {
  return Matrix(5, 4, [](double b, double d) {
    return std::cos(.5 + 1.7 * b + .9 * d * d);
  });
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

  // Expects a loss and the norm of its gradient in w1, to the ten digits that
  // the authors' codes print.
  void Expect(const at::Tensor& loss, double value, double gradient) {
    w1.mutable_grad() = at::Tensor();
    EXPECT_NEAR(loss.item<double>(), value,
                1e-9 * std::max(1.0, std::abs(value)));
    loss.backward();
    EXPECT_NEAR(w1.grad().norm().item<double>(), gradient, 1e-9);
  }
};

}  // namespace scoreserve

#endif  // SCORESERVE_TESTS_MODELS_OBJECTIVES_OBJECTIVE_TESTING_H_
