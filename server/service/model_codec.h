#ifndef SCORESERVE_SERVER_SERVICE_MODEL_CODEC_H_
#define SCORESERVE_SERVER_SERVICE_MODEL_CODEC_H_

#include <string>

#include "scoreserve/v1/models.pb.h"
#include "server/engine/engine.h"
#include "server/engine/model_registry.h"

namespace scoreserve {

// `model` is the version that the request means; null where all versions were
// refused.
void EncodeModel(const std::string& name, const ModelEntry& entry,
                 const ModelSnapshot* model, const Engine& engine,
                 v1::Model* wire);

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_SERVICE_MODEL_CODEC_H_
