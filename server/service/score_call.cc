#include "server/service/score_call.h"

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/engine/request_checks.h"
#include "server/service/request_codec.h"
#include "server/service/tensor_codec.h"

namespace scoreserve {

void ScoreCall::Start(const v1::ScoreRequest& request,
                      const absl::StatusOr<std::string>& caller,
                      Instant deadline, v1::ScoreResponse* response) {
  response_ = response;
  const absl::Status submitted = Submit(request, caller, deadline);
  if (submitted.ok()) return;
  Count(submitted);
  Answer(submitted);
}

absl::Status ScoreCall::Submit(const v1::ScoreRequest& request,
                               const absl::StatusOr<std::string>& caller,
                               Instant deadline) {
  if (!caller.ok()) return caller.status();
  const absl::StatusOr<ModelSelector> selector =
      DecodeModelRef(request.model());
  if (!selector.ok()) return selector.status();
  absl::StatusOr<std::shared_ptr<const ModelSnapshot>> model =
      backend_.registry->Find(*selector, *caller);
  if (!model.ok()) return model.status();
  model_ = *std::move(model);
  const absl::StatusOr<TensorRows> x =
      DecodeRows("x", request.x(), model_->config.data);
  if (!x.ok()) return x.status();
  const Labels labels = DecodeLabels(request);
  absl::Status checked = CheckLabels(model_->config.label, labels, x->rows);
  if (!checked.ok()) return checked;
  const Conditions conditions = DecodeConditions(request.condition());
  checked = CheckConditions(model_->network->classes(), conditions, x->rows);
  if (!checked.ok()) return checked;
  return backend_.engine->Score({.model = model_,
                                 .x = x->values,
                                 .labels = labels.values,
                                 .condition = conditions.classes,
                                 .guidance = conditions.guidance,
                                 .energy = request.energy(),
                                 .deadline = deadline,
                                 .sink = this,
                                 .caller = *caller,
                                 .ticket = {}});
}

void ScoreCall::Done(absl::StatusOr<ScoreAnswer> answer) {
  if (answer.ok()) {
    response_->set_version(model_->version);
    EncodeRows(answer->scores, model_->dim(), response_->mutable_score());
    if (!answer->energies.empty()) {
      EncodeEnergies(answer->energies, response_->mutable_energy());
    }
  }
  Count(answer.status());
  Answer(answer.status());
}

void ScoreCall::Count(const absl::Status& status) {
  backend_.requests->Count(model_ == nullptr ? "unknown" : model_->name,
                           "Score", status.code());
}

}  // namespace scoreserve
