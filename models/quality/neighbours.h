// Nearest neighbours, by Euclidean distance and exactly: how samples are
// compared with rows of data. Costs one distance a pair.

#ifndef SCORESERVE_MODELS_QUALITY_NEIGHBOURS_H_
#define SCORESERVE_MODELS_QUALITY_NEIGHBOURS_H_

#include <cstdint>
#include <vector>

#include "models/io/rows.h"

namespace scoreserve {

// Of the classifier that tells two sets of rows apart by each row's nearest
// neighbour among all others (Lopez-Paz and Oquab 2017): one half for sets of
// one distribution, 1 for sets that have nothing to do with each other. A set
// that copies the other gives less, and one that is noise gives one half pooled
// with halves far apart, so all three are to be looked at.
struct TwoSampleAccuracy {
  double pooled = 0.0;
  double first = 0.0, second = 0.0;  // Over the rows of one set.
};

TwoSampleAccuracy NearestNeighbourAccuracy(const Rows& first,
                                           const Rows& second);

// The mean of that over `subsets` random choices of `size` rows of each.
TwoSampleAccuracy MeanNearestNeighbourAccuracy(const Rows& first,
                                               const Rows& second, int64_t size,
                                               int64_t subsets, uint64_t seed);

// The distance of each row to the nearest of `reference`.
std::vector<double> NearestDistances(const Rows& rows, const Rows& reference);

// The class of each row by majority of its k nearest in `reference`, whose
// classes are 0, 1, …; the smallest of those that tie.
std::vector<int> NearestClasses(const Rows& rows, const Rows& reference,
                                const std::vector<int>& classes, int k);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_QUALITY_NEIGHBOURS_H_
