#ifndef SCORESERVE_TESTS_INTEGRATION_SERVED_MODELS_H_
#define SCORESERVE_TESTS_INTEGRATION_SERVED_MODELS_H_

#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "models/io/model_repository.h"
#include "scoreserve/client.h"
#include "server/server.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_models.h"

namespace scoreserve {

// A real server in this process, on a port of its own, with two models of rows
// of two numbers:
//   plain     N(0, 2 I), without a label: the score is −x / 2
//   labelled  N(0, I) that takes a noise level σ: −x / (1 + σ²)
class ServedModels {
 public:
  explicit ServedModels(ServerOptions options = {})
      : options_(std::move(options)) {
    const ModelRepository repository(folder_.path());
    repository.Write("plain", GaussianFiles(2, 2.0f)).value();
    repository.Write("labelled", GaussianFiles(2, 1.0f, LabelKind::kNoiseLevel))
        .value();
    options_.repository = folder_.path();
    options_.port = 0;
    Start();
  }

  // Starts again, on the port that it had.
  void Start() {
    server_ = std::move(Server::Start(options_)).value();
    options_.port = server_->port();
  }
  void Stop() { server_.reset(); }

  Server& server() { return *server_; }
  std::string address() const {
    return absl::StrCat("127.0.0.1:", options_.port);
  }

  // A new client of this server.
  std::unique_ptr<Client> NewClient(ClientOptions options = {}) const {
    options.target = address();
    return std::move(Client::New(options)).value();
  }

 private:
  TempFolder folder_;
  ServerOptions options_;
  std::unique_ptr<Server> server_;
};

// Langevin on "plain", in steps that converge.
inline SampleQuery Langevin(int64_t rows, int64_t num_steps) {
  return {.model = {"plain"},
          .sampler = "langevin",
          .options = {{"step_size", 0.01}, {"num_steps", num_steps}},
          .rows = rows};
}

}  // namespace scoreserve

#endif  // SCORESERVE_TESTS_INTEGRATION_SERVED_MODELS_H_
