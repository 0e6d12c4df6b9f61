#include "models/experiments/code_likelihood.h"

#include <cmath>
#include <cstdint>
#include <numbers>

#include "ATen/ops/cat.h"
#include "ATen/ops/tensor.h"
#include "gtest/gtest.h"
#include "tests/models/networks/network_testing.h"

namespace scoreserve {
namespace {

double Sigmoid(double x) { return 1.0 / (1.0 + std::exp(-x)); }

// Two bits of logits 2z and 1 − 3z under z ~ N(0, 1): p(x) by the trapezium
// rule.
double Exact(bool first, bool second) {
  constexpr int kCells = 2000;
  constexpr double kEnd = 10.0, kCell = 2.0 * kEnd / kCells;
  double sum = 0.0;
  for (int i = 0; i <= kCells; ++i) {
    const double z = -kEnd + i * kCell;
    const double p = Sigmoid(2.0 * z), q = Sigmoid(1.0 - 3.0 * z);
    sum += (first ? p : 1.0 - p) * (second ? q : 1.0 - q) *
           std::exp(-0.5 * z * z) / std::sqrt(2.0 * std::numbers::pi) * kCell;
  }
  return -std::log(sum);
}

// Whatever the encoder draws: good codes, or codes far from where they should
// be, where the prior's share has to do.
TEST(CodeLikelihoodTest, IsThatOfDecoderAndPriorWhateverTheEncoder) {
  const at::Tensor x =
      at::tensor({0.0f, 0.0f, 0.0f, 1.0f, 1.0f, 0.0f, 1.0f, 1.0f}).view({4, 2});
  for (const double offset : {0.0, 5.0}) {
    const CodeModel model = {
        .encode =
            [offset](const at::Tensor& rows, uint64_t draw) {
              return rows.narrow(1, 0, 1)
                  .add(Normals(rows.size(0), 1, draw), 0.7)
                  .sub(0.5)
                  .add(offset);
            },
        .decode =
            [](const at::Tensor& z) {
              return at::cat({z.mul(2.0), z.mul(-3.0).add(1.0)}, 1);
            }};
    const at::Tensor got = NegativeLogLikelihoods(
        model, x, {.fitted = 200, .draws = 20'000}, /*seed=*/1);
    for (int64_t i = 0; i < 4; ++i) {
      // Of weights of at most 10 p(x | z), 20,000 draws.
      EXPECT_NEAR(got[i].item<double>(), Exact(i >= 2, i % 2 == 1), 0.1)
          << "row " << i << ", offset " << offset;
    }
  }
}

}  // namespace
}  // namespace scoreserve
