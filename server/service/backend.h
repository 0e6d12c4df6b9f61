#ifndef SCORESERVE_SERVER_SERVICE_BACKEND_H_
#define SCORESERVE_SERVER_SERVICE_BACKEND_H_

#include "server/engine/engine.h"
#include "server/engine/fine_tunes.h"
#include "server/engine/model_registry.h"
#include "server/service/caller.h"
#include "server/service/request_metrics.h"

namespace scoreserve {

// What every adapter calls. None is owned; all outlive the services.
struct Backend {
  Engine* engine = nullptr;
  ModelRegistry* registry = nullptr;
  RequestMetrics* requests = nullptr;
  const TrustedProxies* proxies = nullptr;
  FineTunes* fine_tunes = nullptr;  // Null without a folder for jobs.
};

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_SERVICE_BACKEND_H_
