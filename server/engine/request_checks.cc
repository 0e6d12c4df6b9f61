#include "server/engine/request_checks.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "models/status.h"
#include "server/engine/resume_checks.h"

namespace scoreserve {
namespace {

absl::string_view FieldName(LabelKind kind) {
  return kind == LabelKind::kTime ? "time" : "noise_level";
}

// Weights of guidance past this are no use to anybody, and a float holds them.
constexpr double kMostGuidance = 1000.0;

absl::Status CheckPerRow(absl::string_view field, size_t count, int64_t rows) {
  if (count == 1 || count == static_cast<size_t>(rows)) {
    return absl::OkStatus();
  }
  return InvalidField(field,
                      absl::StrCat("one value, or one a row (", rows, ")"),
                      absl::StrCat(count, " values"));
}

absl::Status CheckCount(absl::string_view field, int64_t count, int64_t most) {
  if (count >= 1 && count <= most) return absl::OkStatus();
  return InvalidField(field, absl::StrCat("between 1 and ", most),
                      absl::StrCat(count));
}

absl::Status CheckDiagnostics(const SampleRequest& request) {
  const DiagnosticsOptions& options = *request.diagnostics;
  if (!request.plan->homogeneous) {
    return InvalidField("diagnostics",
                        "absent: the sampler leaves no density invariant",
                        "given");
  }
  const int64_t last = request.plan->table.num_steps() - 1;
  if (options.burn_in < 0 || options.burn_in > last) {
    return InvalidField(
        "diagnostics.burn_in",
        absl::StrCat("between 0 and ", last, ", so that some step counts"),
        absl::StrCat(options.burn_in));
  }
  const double target = options.stop_at_r_hat.value_or(2.0);
  if (target > 1.0 && std::isfinite(target)) return absl::OkStatus();
  return InvalidField("diagnostics.stop_at_r_hat", "more than 1 and finite",
                      absl::StrCat(target));
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
  const absl::Status per_row = CheckPerRow(field, count, rows);
  if (!per_row.ok()) return per_row;
  for (size_t i = 0; i < count; ++i) {
    const double label = labels.values[i];
    if (label >= rule.min && label <= rule.max) continue;
    return CheckLabel(rule, absl::StrCat(field, ".values[", i, "]"), label);
  }
  return absl::OkStatus();
}

absl::Status CheckConditions(int64_t classes, const Conditions& conditions,
                             int64_t rows) {
  if (conditions.classes.empty()) {
    if (conditions.guidance.empty()) return absl::OkStatus();
    return InvalidField("condition.classes", "given where guidance is",
                        "absent");
  }
  if (classes == 0) {
    return InvalidField("condition", "absent: the model takes no condition",
                        "given");
  }
  absl::Status checked =
      CheckPerRow("condition.classes", conditions.classes.size(), rows);
  if (checked.ok() && !conditions.guidance.empty()) {
    checked =
        CheckPerRow("condition.guidance", conditions.guidance.size(), rows);
  }
  if (!checked.ok()) return checked;
  for (size_t i = 0; i < conditions.classes.size(); ++i) {
    const int64_t value = conditions.classes[i];
    if (value >= kNoCondition && value < classes) continue;
    return InvalidField(
        absl::StrCat("condition.classes[", i, "]"),
        absl::StrCat("between 0 and ", classes - 1, ", or -1 for none"),
        absl::StrCat(value));
  }
  for (size_t i = 0; i < conditions.guidance.size(); ++i) {
    const double value = conditions.guidance[i];
    // Written so that NaN is refused.
    if (std::abs(value) <= kMostGuidance) continue;
    return InvalidField(
        absl::StrCat("condition.guidance[", i, "]"),
        absl::StrCat("between -", kMostGuidance, " and ", kMostGuidance),
        absl::StrCat(value));
  }
  return absl::OkStatus();
}

absl::Status CheckQuery(const Limits& limits, const ScoreQuery& query) {
  absl::Status checked =
      CheckCount("x.shape[0]", query.rows(), limits.max_query_rows);
  if (!checked.ok() || !query.energy) return checked;
  if (!query.model->target.has_energy) {
    return WithReason(
        InvalidField("energy", "false: the model has a score alone", "true"),
        Reason::kUnsuitableModel);
  }
  if (query.guidance.empty()) return absl::OkStatus();
  return InvalidField("condition.guidance",
                      "absent: a guided score has no energy", "given");
}

absl::Status CheckConstraint(const Constraint& constraint, int64_t rows,
                             int64_t dim) {
  if (constraint.box.has_value()) {
    absl::Status checked = CheckBox(*constraint.box);
    if (!checked.ok()) return checked;
  }
  if (!constraint.mask.has_value()) return absl::OkStatus();
  for (const auto& [field, values] :
       {std::pair("mask.value.shape[0]", &constraint.mask->value),
        std::pair("mask.deviation.shape[0]", &constraint.mask->deviation)}) {
    const int64_t given = static_cast<int64_t>(values->size()) / dim;
    if (given == 1 || given == rows) continue;
    return InvalidField(field, absl::StrCat("1, or ", rows, ", as rows"),
                        absl::StrCat(given));
  }
  return absl::OkStatus();
}

absl::Status CheckSampleRequest(const Limits& limits,
                                const SampleRequest& request) {
  absl::Status checked =
      CheckCount("rows", request.rows, limits.max_sample_rows);
  if (!checked.ok()) return checked;
  const int64_t dim = request.model->dim();
  checked = CheckCount("rows", request.rows, limits.max_sample_values / dim);
  if (!checked.ok()) return checked;
  for (const auto& [field, value] :
       {std::pair("states_every", request.states_every),
        std::pair("states_rows", request.states_rows),
        std::pair("progress_every", request.progress_every)}) {
    if (value < 0)
      return InvalidField(field, "at least 0", absl::StrCat(value));
  }
  const int64_t start_rows = static_cast<int64_t>(request.start.size()) / dim;
  if (!request.start.empty() && start_rows != request.rows) {
    return InvalidField("start.shape[0]",
                        absl::StrCat(request.rows, ", as rows"),
                        absl::StrCat(start_rows));
  }
  if (request.noise_start) {
    if (request.start.empty()) {
      return InvalidField("noise_start", "false where no start is given",
                          "true");
    }
    if (!request.plan->noised.has_value()) {
      return InvalidField(
          "noise_start", "false: the sampler has no first noise level", "true");
    }
  }
  if (request.diagnostics.has_value()) {
    checked = CheckDiagnostics(request);
    if (!checked.ok()) return checked;
  }
  const int64_t state_bytes = StateBytes(request);
  if (request.stop_at != Instant::max() &&
      state_bytes > limits.max_state_bytes) {
    return InvalidField(
        "time_budget",
        absl::StrCat("absent where the rows carry more than ",
                     limits.max_state_bytes, " bytes from step to step"),
        absl::StrCat("given with ", state_bytes));
  }
  checked = CheckResume(request);
  if (!checked.ok()) return checked;
  if (request.plan->table.has_metropolis() && !request.guidance.empty()) {
    return InvalidField("condition.guidance",
                        "absent: a guided score has no energy to test",
                        "given");
  }
  if (request.constraint == nullptr) return absl::OkStatus();
  if (request.plan->table.has_metropolis()) {
    return InvalidField(
        request.constraint->mask.has_value() ? "mask" : "domain",
        "absent: what is imposed on proposals would break the "
        "invariance of their test",
        "given");
  }
  return CheckConstraint(*request.constraint, request.rows, dim);
}

}  // namespace scoreserve
