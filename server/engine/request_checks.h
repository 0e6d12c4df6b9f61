// The rules of a request that need no lock and no device.

#ifndef SCORESERVE_SERVER_ENGINE_REQUEST_CHECKS_H_
#define SCORESERVE_SERVER_ENGINE_REQUEST_CHECKS_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "models/io/model_config.h"
#include "server/engine/limits.h"
#include "server/engine/work.h"

namespace scoreserve {

// Labels as they came: which kind, and one value or one a row.
struct Labels {
  LabelKind kind = LabelKind::kNone;
  absl::Span<const double> values;
};

// OK where `labels` are what `rule` asks for: INVALID_ARGUMENT naming the field
// ("noise_level" or "time") and, where one of several is at fault, its index.
absl::Status CheckLabels(const LabelRule& rule, const Labels& labels,
                         int64_t rows);

// Conditions as they came; none where both are empty.
struct Conditions {
  absl::Span<const int64_t> classes;
  absl::Span<const double> guidance;
};

// OK where `conditions` fit a network of so many classes: INVALID_ARGUMENT
// naming "condition.classes" or "condition.guidance" and the index at fault.
absl::Status CheckConditions(int64_t classes, const Conditions& conditions,
                             int64_t rows);

// Row counts of a query whose width has been checked, and whether there is the
// energy that it may ask for.
absl::Status CheckQuery(const Limits& limits, const ScoreQuery& query);

// Row counts, sizes, start and diagnostics of a request for samples.
absl::Status CheckSampleRequest(const Limits& limits,
                                const SampleRequest& request);

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_ENGINE_REQUEST_CHECKS_H_
