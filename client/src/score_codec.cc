#include "client/src/score_codec.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "client/src/condition_codec.h"
#include "client/src/model_codec.h"
#include "client/src/status_codec.h"
#include "client/src/tensor_codec.h"

namespace scoreserve {
inline namespace client {
namespace {

// More than all tags, lengths, shapes and ids of a message take.
constexpr int64_t kFraming = 256;

void EncodeValues(absl::Span<const double> values, v1::Values* wire) {
  wire->mutable_values()->Add(values.begin(), values.end());
}

// What a reply holds beside as many numbers as x: it has to fit a message, too.
int64_t EnergyBytes(const ScoreQuery& query) {
  if (!query.energy) return 0;
  // Rows that x cannot have are refused in any case.
  return std::clamp<int64_t>(query.rows, 0,
                             static_cast<int64_t>(query.x.size())) *
         static_cast<int64_t>(sizeof(double));
}

}  // namespace

absl::Status EncodeScore(const ScoreQuery& query, int64_t max_bytes,
                         v1::ScoreRequest* request) {
  if (!query.noise_level.empty() && !query.time.empty()) {
    return InvalidField(
        "label", "a noise level or a time, not both",
        absl::StrCat(query.noise_level.size(), " noise levels and ",
                     query.time.size(), " times"));
  }
  const auto labels = static_cast<int64_t>(
      query.noise_level.size() + query.time.size() +
      query.condition.classes.size() + query.condition.guidance.size());
  const int64_t others = labels * static_cast<int64_t>(sizeof(double)) +
                         static_cast<int64_t>(query.model.name.size()) +
                         kFraming + EnergyBytes(query);
  absl::Status status = CheckRows("x", query.x, query.rows, others, max_bytes);
  if (status.ok())
    status = CheckPerRow("noise_level", query.noise_level.size(), query.rows);
  if (status.ok()) status = CheckPerRow("time", query.time.size(), query.rows);
  if (status.ok())
    status = EncodeModelRef(query.model, request->mutable_model());
  if (!status.ok()) return status;
  EncodeRows(query.x, query.rows, request->mutable_x());
  if (!query.noise_level.empty()) {
    EncodeValues(query.noise_level, request->mutable_noise_level());
  }
  if (!query.time.empty()) EncodeValues(query.time, request->mutable_time());
  request->set_energy(query.energy);
  return EncodeCondition(query.condition, query.rows, request);
}

absl::StatusOr<ScoreView> DecodeScore(const v1::ScoreResponse& response) {
  const absl::StatusOr<TensorView> score = DecodeRows(response.score());
  if (!score.ok()) return score.status();
  ScoreView view = {.version = response.version(),
                    .rows = score->rows,
                    .score = score->values};
  if (!response.has_energy()) return view;
  const absl::StatusOr<absl::Span<const double>> energy =
      DecodeEnergies(response.energy(), score->rows);
  if (!energy.ok()) return energy.status();
  view.energy = *energy;
  return view;
}

}  // namespace client
}  // namespace scoreserve
