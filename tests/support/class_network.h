// A network of classes in closed form, for tests of conditions and guidance.

#ifndef SCORESERVE_TESTS_SUPPORT_CLASS_NETWORK_H_
#define SCORESERVE_TESTS_SUPPORT_CLASS_NETWORK_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "ATen/core/Tensor.h"
#include "models/networks/score_network.h"
#include "server/engine/model_snapshot.h"

namespace scoreserve {

// Class c is N(c + 1, 1) in every coordinate, and all rows without a condition
// are N(0, 1): the score is mean − x, whatever the row's neighbours are.
class ClassNetwork final : public ScoreNetwork {
 public:
  ClassNetwork(int64_t dim, int64_t classes) : dim_(dim), classes_(classes) {}

  int64_t dim() const override { return dim_; }
  LabelKind label_kind() const override { return LabelKind::kNone; }
  int64_t classes() const override { return classes_; }
  bool trainable() const override { return false; }
  std::vector<std::pair<std::string, at::Tensor>> Weights() const override {
    return {};
  }
  at::Tensor Score(const ScoreInput& input, Workspace&) const override {
    ++passes;
    rows = input.x.size(0);
    return input.condition.add(1).to(at::kFloat).unsqueeze(1).sub(input.x);
  }

  // Of the last pass, and how many there were.
  mutable int64_t rows = 0, passes = 0;

 private:
  const int64_t dim_, classes_;
};

inline std::shared_ptr<const ModelSnapshot> ClassSnapshot(
    int64_t dim, int64_t classes, int64_t max_batch_rows = 64) {
  auto snapshot = std::make_shared<ModelSnapshot>();
  snapshot->name = "classes";
  snapshot->version = 1;
  snapshot->config.data.shape = {dim};
  snapshot->config.classes = classes;
  snapshot->network = std::make_unique<ClassNetwork>(dim, classes);
  snapshot->max_batch_rows = max_batch_rows;
  return snapshot;
}

}  // namespace scoreserve

#endif  // SCORESERVE_TESTS_SUPPORT_CLASS_NETWORK_H_
