#include "server/service/fine_tune_codec.h"

#include <cmath>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "google/protobuf/timestamp.pb.h"
#include "models/io/model_repository.h"
#include "models/status.h"
#include "server/service/fine_tune_spec_codec.h"
#include "server/service/status_codec.h"

namespace scoreserve {
namespace {

void EncodeTime(absl::Time time, google::protobuf::Timestamp* wire) {
  const int64_t seconds = absl::ToUnixSeconds(time);
  wire->set_seconds(seconds);
  wire->set_nanos(static_cast<int32_t>(
      absl::ToInt64Nanoseconds(time - absl::FromUnixSeconds(seconds))));
}

void EncodeCheck(const FineTuneComparison& check, v1::GateCheck* wire) {
  wire->set_step(check.step);
  wire->set_rows(check.rows);
  wire->set_hold_out(check.hold_out);
  wire->set_improvement(check.improvement);
  wire->set_standard_error(check.standard_error);
  wire->set_reference_version(check.reference_version);
}

v1::FineTuneState ToWire(FineTuneState state) {
  switch (state) {
    case FineTuneState::kRunning:
      return v1::FINE_TUNE_STATE_RUNNING;
    case FineTuneState::kPaused:
      return v1::FINE_TUNE_STATE_PAUSED;
    case FineTuneState::kSucceeded:
      return v1::FINE_TUNE_STATE_SUCCEEDED;
    case FineTuneState::kCancelled:
      return v1::FINE_TUNE_STATE_CANCELLED;
    case FineTuneState::kFailed:
      return v1::FINE_TUNE_STATE_FAILED;
  }
  return v1::FINE_TUNE_STATE_UNSPECIFIED;
}

void EncodeProgress(const FineTuneStatus& status, v1::FineTune* wire) {
  wire->set_step(status.step);
  if (!std::isnan(status.loss)) wire->set_loss(status.loss);
  wire->set_steps_per_second(status.steps_per_second);
  wire->set_skipped_steps(status.skipped_steps);
  wire->set_rows(status.rows);
  wire->set_hold_out_rows(status.hold_out_rows);
  wire->set_training_rows(status.training_rows);
  wire->set_checkpoint_step(status.checkpoint_step);
}

}  // namespace

absl::StatusOr<std::string> ModelOfParent(absl::string_view parent) {
  if (parent.empty()) return std::string();
  absl::string_view model = parent;
  if (!absl::ConsumePrefix(&model, "models/") ||
      !CheckModelName("parent", model).ok()) {
    return InvalidField("parent", "models/{model}, or empty",
                        absl::StrCat("'", parent, "'"));
  }
  return std::string(model);
}

void EncodeFineTune(const FineTuneStatus& status, v1::FineTune* wire) {
  wire->set_name(status.name);
  wire->set_base_version(status.base_version);
  EncodeFineTuneSpec(status.spec, wire->mutable_spec());
  wire->set_state(ToWire(status.state));
  if (!status.error.ok()) *wire->mutable_error() = ToRpcStatus(status.error);
  wire->set_note(status.note);
  EncodeTime(status.created, wire->mutable_create_time());
  EncodeTime(status.updated, wire->mutable_update_time());
  if (status.ended.has_value()) {
    EncodeTime(*status.ended, wire->mutable_end_time());
  }
  EncodeProgress(status, wire);
  if (status.first_check.has_value()) {
    EncodeCheck(*status.first_check, wire->mutable_first_check());
  }
  if (status.last_check.has_value()) {
    EncodeCheck(*status.last_check, wire->mutable_last_check());
  }
  wire->set_not_published(status.not_published);
  for (const PublishedVersion& published : status.published) {
    v1::PublishedVersion* version = wire->add_published();
    version->set_version(published.version);
    EncodeTime(published.time, version->mutable_time());
    EncodeCheck(published.comparison, version->mutable_check());
    version->set_rolled_back(published.rolled_back);
  }
}

}  // namespace scoreserve
