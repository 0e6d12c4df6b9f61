#ifndef SCORESERVE_SERVER_SERVICE_BACKEND_H_
#define SCORESERVE_SERVER_SERVICE_BACKEND_H_

#include <functional>
#include <memory>
#include <string>

#include "models/io/model_repository.h"
#include "server/engine/engine.h"
#include "server/engine/fine_tunes.h"
#include "server/engine/model_registry.h"
#include "server/engine/worker.h"
#include "server/service/caller.h"
#include "server/service/request_metrics.h"
#include "server/service/stop_signal.h"

namespace scoreserve {

// What every adapter calls. No pointer is owned; what they point at outlives
// the services.
struct Backend {
  Engine* engine = nullptr;
  ModelRegistry* registry = nullptr;
  RequestMetrics* requests = nullptr;
  const TrustedProxies* proxies = nullptr;
  FineTunes* fine_tunes = nullptr;  // Null without a folder for jobs.
  const ModelRepository* repository = nullptr;
  // For what waits for the disk: a thread of gRPC's must not. Runs until every
  // call has ended.
  Worker* worker = nullptr;
  // Of calls without an end of their own.
  std::shared_ptr<StopSignal> stop = std::make_shared<StopSignal>();
  // Told, by the worker, of a model of which an alias was moved to a lower
  // version. May be empty.
  std::function<void(const std::string& model)> rolled_back = {};
};

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_SERVICE_BACKEND_H_
