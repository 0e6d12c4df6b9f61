#ifndef SCORESERVE_SERVER_SERVER_H_
#define SCORESERVE_SERVER_SERVER_H_

#include <memory>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/engine/engine.h"
#include "server/engine/model_registry.h"
#include "server/options.h"

namespace scoreserve {

// A whole server: repository → registry → engine → services, listening. The
// only place that knows all of them. Thread-safe.
class Server {
 public:
  // Listens and has loaded the repository when it returns. INVALID_ARGUMENT for
  // options; NOT_FOUND or PERMISSION_DENIED for a repository that cannot be
  // read; UNAVAILABLE for an address that cannot be bound.
  static absl::StatusOr<std::unique_ptr<Server>> Start(
      const ServerOptions& options);

  // Stops at once unless Drain() was called.
  virtual ~Server() = default;

  virtual int port() const = 0;       // The bound one.
  virtual int http_port() const = 0;  // The bound one; 0 where there is none.

  // Health says NOT_SERVING; new work gets UNAVAILABLE; what runs has
  // `patience` to end, then gets UNAVAILABLE too, as watches and streams of
  // fine-tunes do. Returns when all is answered.
  virtual void Drain(absl::Duration patience) = 0;

  // For tests and benchmarks that look inside.
  virtual Engine& engine() = 0;
  virtual ModelRegistry& registry() = 0;
};

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_SERVER_H_
