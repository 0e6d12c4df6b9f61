#include "models/quality/neighbours.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "models/training/batch_law.h"

namespace scoreserve {
namespace {

double SquaredDistance(const float* a, const float* b, int64_t dim) {
  float sum = 0.0f;  // Four digits are plenty.
  for (int64_t i = 0; i < dim; ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return sum;
}

// To the nearest of `others`, leaving out number `self`.
double Nearest(const float* row, const Rows& others, int64_t self = -1) {
  double nearest = std::numeric_limits<double>::infinity();
  for (int64_t i = 0; i < others.rows(); ++i) {
    if (i != self) {
      nearest =
          std::min(nearest, SquaredDistance(row, others.row(i), others.dim));
    }
  }
  return nearest;
}

// Of the rows of `own`, the fraction whose nearest is one of them.
double OwnFraction(const Rows& own, const Rows& other) {
  int64_t count = 0;
  for (int64_t i = 0; i < own.rows(); ++i) {
    if (Nearest(own.row(i), own, i) < Nearest(own.row(i), other)) ++count;
  }
  return static_cast<double>(count) / static_cast<double>(own.rows());
}

Rows Choose(const Rows& rows, int64_t size, uint64_t seed) {
  std::vector<int64_t> chosen(static_cast<size_t>(size));
  FillBatch(seed, 0, rows.rows(), absl::MakeSpan(chosen));
  Rows subset = {.dim = rows.dim, .values = {}};
  for (const int64_t i : chosen) {
    subset.values.insert(subset.values.end(), rows.row(i),
                         rows.row(i) + rows.dim);
  }
  return subset;
}

}  // namespace

TwoSampleAccuracy NearestNeighbourAccuracy(const Rows& first,
                                           const Rows& second) {
  TwoSampleAccuracy accuracy = {.first = OwnFraction(first, second),
                                .second = OwnFraction(second, first)};
  const auto n = static_cast<double>(first.rows());
  const auto m = static_cast<double>(second.rows());
  accuracy.pooled = (n * accuracy.first + m * accuracy.second) / (n + m);
  return accuracy;
}

TwoSampleAccuracy MeanNearestNeighbourAccuracy(const Rows& first,
                                               const Rows& second, int64_t size,
                                               int64_t subsets, uint64_t seed) {
  TwoSampleAccuracy mean;
  for (int64_t i = 0; i < subsets; ++i) {
    const uint64_t draw = seed + 2 * static_cast<uint64_t>(i);
    const TwoSampleAccuracy one = NearestNeighbourAccuracy(
        Choose(first, size, draw), Choose(second, size, draw + 1));
    mean.pooled += one.pooled / static_cast<double>(subsets);
    mean.first += one.first / static_cast<double>(subsets);
    mean.second += one.second / static_cast<double>(subsets);
  }
  return mean;
}

std::vector<double> NearestDistances(const Rows& rows, const Rows& reference) {
  std::vector<double> distances;
  for (int64_t i = 0; i < rows.rows(); ++i) {
    distances.push_back(std::sqrt(Nearest(rows.row(i), reference)));
  }
  return distances;
}

std::vector<int> NearestClasses(const Rows& rows, const Rows& reference,
                                const std::vector<int>& classes, int k) {
  const int num_classes = *std::max_element(classes.begin(), classes.end()) + 1;
  std::vector<int> found;
  std::vector<std::pair<double, int>> nearest(classes.size());
  for (int64_t i = 0; i < rows.rows(); ++i) {
    for (size_t j = 0; j < classes.size(); ++j) {
      nearest[j] = {
          SquaredDistance(rows.row(i), reference.row(static_cast<int64_t>(j)),
                          rows.dim),
          classes[j]};
    }
    std::partial_sort(nearest.begin(), nearest.begin() + k, nearest.end());
    std::vector<int> votes(static_cast<size_t>(num_classes));
    for (int j = 0; j < k; ++j) ++votes[static_cast<size_t>(nearest[j].second)];
    found.push_back(static_cast<int>(
        std::max_element(votes.begin(), votes.end()) - votes.begin()));
  }
  return found;
}

}  // namespace scoreserve
