#include "tests/support/model_server.h"

#include <limits>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "models/io/model_repository.h"
#include "server/server.h"
#include "tests/support/test_models.h"

namespace scoreserve {

ModelServer::ModelServer(int64_t sampling_cap) : sampling_cap_(sampling_cap) {
  const ModelRepository repository(folder_.path());
  repository.Write("plain", GaussianFiles(2, 2.0f)).value();
  repository.Write("labelled", GaussianFiles(2, 1.0f, LabelKind::kNoiseLevel))
      .value();
  ModelFiles images = GaussianFiles(9, 1.0f, LabelKind::kNoiseLevel);
  images.config.data.shape = {3, 3};
  repository.Write("images", images).value();
  repository.Write("small_mlp", MlpFiles(8)).value();
  Start();
}

ModelServer::~ModelServer() = default;

void ModelServer::Start() {
  ServerOptions options;
  options.repository = folder_.path();
  options.port = port_;
  options.ledger.cap = {1 << 20, sampling_cap_};
  // What cannot be in time is let in, to be late.
  options.ledger.patience = std::numeric_limits<double>::infinity();
  server_ = std::move(Server::Start(options)).value();
  port_ = server_->port();
}

int64_t ModelServer::Publish(float variance) const {
  return ModelRepository(folder_.path())
      .Write("plain", GaussianFiles(2, variance))
      .value();
}

void ModelServer::Drain() { server_->Drain(absl::InfiniteDuration()); }

void ModelServer::Stop() { server_.reset(); }

std::string ModelServer::address() const {
  return absl::StrCat("127.0.0.1:", port_);
}

}  // namespace scoreserve
