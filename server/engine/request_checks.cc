#include "server/engine/request_checks.h"

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "models/status.h"

namespace scoreserve {
namespace {

absl::string_view FieldName(LabelKind kind) {
  return kind == LabelKind::kTime ? "time" : "noise_level";
}

absl::Status CheckCount(absl::string_view field, int64_t count, int64_t most) {
  if (count >= 1 && count <= most) return absl::OkStatus();
  return InvalidField(field, absl::StrCat("between 1 and ", most),
                      absl::StrCat(count));
}

}  // namespace

absl::Status CheckLabels(const LabelRule& rule, const Labels& labels,
                         int64_t rows) {
  if (labels.kind != rule.kind) {
    const bool absent = labels.kind == LabelKind::kNone;
    const absl::string_view field = FieldName(absent ? rule.kind : labels.kind);
    if (absent) {
      return InvalidField(field, "given: the model takes one", "absent");
    }
    return InvalidField(
        field,
        rule.kind == LabelKind::kNone
            ? std::string("absent: the model takes no label")
            : absl::StrCat("absent: the model takes ", FieldName(rule.kind)),
        "given");
  }
  if (rule.kind == LabelKind::kNone) return absl::OkStatus();
  const absl::string_view field = FieldName(rule.kind);
  const size_t count = labels.values.size();
  if (count != 1 && count != static_cast<size_t>(rows)) {
    return InvalidField(field,
                        absl::StrCat("one value, or one a row (", rows, ")"),
                        absl::StrCat(count, " values"));
  }
  for (size_t i = 0; i < count; ++i) {
    const double label = labels.values[i];
    if (label >= rule.min && label <= rule.max) continue;
    return CheckLabel(rule, absl::StrCat(field, ".values[", i, "]"), label);
  }
  return absl::OkStatus();
}

absl::Status CheckQuery(const Limits& limits, const ScoreQuery& query) {
  return CheckCount("x.shape[0]", query.rows(), limits.max_query_rows);
}

absl::Status CheckSampleRequest(const Limits& limits,
                                const SampleRequest& request) {
  absl::Status checked =
      CheckCount("rows", request.rows, limits.max_sample_rows);
  if (!checked.ok()) return checked;
  const int64_t dim = request.model->dim();
  checked = CheckCount("rows", request.rows, limits.max_sample_values / dim);
  if (!checked.ok()) return checked;
  if (request.states_every < 0) {
    return InvalidField("states_every", "at least 0",
                        absl::StrCat(request.states_every));
  }
  const int64_t start_rows = static_cast<int64_t>(request.start.size()) / dim;
  if (!request.start.empty() && start_rows != request.rows) {
    return InvalidField("start.shape[0]",
                        absl::StrCat(request.rows, ", as rows"),
                        absl::StrCat(start_rows));
  }
  return absl::OkStatus();
}

}  // namespace scoreserve
