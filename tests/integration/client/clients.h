#ifndef SCORESERVE_TESTS_INTEGRATION_CLIENT_CLIENTS_H_
#define SCORESERVE_TESTS_INTEGRATION_CLIENT_CLIENTS_H_

#include <cstdint>
#include <memory>
#include <utility>

#include "scoreserve/client.h"
#include "tests/support/model_server.h"

namespace scoreserve {

// A new client of `server`.
inline std::unique_ptr<Client> NewClient(const ModelServer& server,
                                         ClientOptions options = {}) {
  options.target = server.address();
  return std::move(Client::New(options)).value();
}

// Langevin on "plain", in steps that converge.
inline SampleQuery Langevin(int64_t rows, int64_t num_steps) {
  return {.model = {"plain"},
          .sampler = "langevin",
          .options = {{"step_size", 0.01}, {"num_steps", num_steps}},
          .rows = rows};
}

}  // namespace scoreserve

#endif  // SCORESERVE_TESTS_INTEGRATION_CLIENT_CLIENTS_H_
