#ifndef SCORESERVE_CLIENT_SRC_MODEL_CODEC_H_
#define SCORESERVE_CLIENT_SRC_MODEL_CODEC_H_

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "scoreserve/model_admin.h"
#include "scoreserve/models.h"
#include "scoreserve/v1/model_admin.pb.h"
#include "scoreserve/v1/models.pb.h"

namespace scoreserve {
inline namespace client {

// INVALID_ARGUMENT where both a version and an alias are given.
absl::Status EncodeModelRef(const ModelRef& model, v1::ModelRef* wire);

v1::UpdateModelRequest EncodeUpdate(const ModelUpdate& update);

ModelInfo DecodeModel(const v1::Model& wire);
std::vector<ModelInfo> DecodeModels(const v1::ListModelsResponse& wire);

}  // namespace client
}  // namespace scoreserve

#endif  // SCORESERVE_CLIENT_SRC_MODEL_CODEC_H_
