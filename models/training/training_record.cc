#include "models/training/training_record.h"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <variant>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "models/options.h"
#include "models/status.h"

namespace scoreserve {
namespace {

// Null is NaN: JSON has none.
absl::Status ReadNumber(const Json& json, absl::string_view path,
                        double& number) {
  if (std::holds_alternative<std::monostate>(json.value)) {
    number = std::numeric_limits<double>::quiet_NaN();
    return absl::OkStatus();
  }
  const absl::StatusOr<OptionValue> value = JsonToOptionValue(json, path);
  if (!value.ok()) return value.status();
  return options_internal::Assign(path, Range(), *value, number);
}

absl::StatusOr<CurvePoint> ReadPoint(const Json& json, absl::string_view path) {
  const absl::StatusOr<const JsonArray*> array = JsonToArray(json, path);
  if (!array.ok()) return array.status();
  if ((*array)->size() != 3) {
    return InvalidField(path, "of three numbers",
                        absl::StrCat("of ", (*array)->size()));
  }
  CurvePoint point;
  const absl::StatusOr<OptionValue> step =
      JsonToOptionValue((**array)[0], path);
  if (!step.ok()) return step.status();
  absl::Status status =
      options_internal::Assign(path, NotNegative(), *step, point.step);
  if (status.ok()) status = ReadNumber((**array)[1], path, point.loss);
  if (status.ok()) status = ReadNumber((**array)[2], path, point.hold_out);
  if (!status.ok()) return status;
  return point;
}

}  // namespace

Json RecordToJson(const TrainingRecord& record) {
  JsonArray curve;
  for (const CurvePoint& point : record.curve) {
    curve.push_back(Json{
        JsonArray{Json{point.step}, Json{point.loss}, Json{point.hold_out}}});
  }
  return Json{JsonObject{{"first_hold_out", Json{record.first_hold_out}},
                         {"curve", Json{std::move(curve)}},
                         {"loss_sum", Json{record.loss_sum}},
                         {"losses", Json{record.losses}},
                         {"seconds", Json{record.seconds}}}};
}

absl::StatusOr<TrainingRecord> RecordFromJson(const Json& json,
                                              absl::string_view path) {
  TrainingRecord record;
  JsonFields fields(json, path);
  if (const Json* first = fields.Require("first_hold_out")) {
    fields.Update(ReadNumber(*first, JsonPath(path, "first_hold_out"),
                             record.first_hold_out));
  }
  fields.Get("loss_sum", record.loss_sum);
  fields.Get("losses", record.losses, NotNegative());
  fields.Get("seconds", record.seconds, NotNegative());
  if (const Json* curve = fields.Require("curve")) {
    const std::string curve_path = JsonPath(path, "curve");
    const absl::StatusOr<const JsonArray*> points =
        JsonToArray(*curve, curve_path);
    if (!points.ok()) return points.status();
    for (size_t i = 0; i < (*points)->size(); ++i) {
      const absl::StatusOr<CurvePoint> point =
          ReadPoint((**points)[i], absl::StrCat(curve_path, "[", i, "]"));
      if (!point.ok()) return point.status();
      record.curve.push_back(*point);
    }
  }
  if (absl::Status status = fields.Finish(); !status.ok()) return status;
  return record;
}

}  // namespace scoreserve
