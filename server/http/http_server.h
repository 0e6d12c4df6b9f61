#ifndef SCORESERVE_SERVER_HTTP_HTTP_SERVER_H_
#define SCORESERVE_SERVER_HTTP_HTTP_SERVER_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "server/service/backend.h"

namespace scoreserve {

// What an orchestrator and Prometheus ask: /healthz (the process lives),
// /readyz (200 while it takes work, else 503) and /metrics. Thread-safe.
class HttpServer {
 public:
  // UNAVAILABLE where the address cannot be bound. Port 0: any free one.
  static absl::StatusOr<std::unique_ptr<HttpServer>> Start(
      const std::string& host, int port, const Backend& backend);
  virtual ~HttpServer() = default;

  virtual int port() const = 0;
  virtual void SetReady(bool ready) = 0;
};

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_HTTP_HTTP_SERVER_H_
