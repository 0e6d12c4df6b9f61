#ifndef SCORESERVE_SERVER_HTTP_METRICS_TEXT_H_
#define SCORESERVE_SERVER_HTTP_METRICS_TEXT_H_

#include <string>

#include "server/service/backend.h"

namespace scoreserve {

// All counters in Prometheus' text format.
std::string MetricsText(const Backend& backend);

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_HTTP_METRICS_TEXT_H_
