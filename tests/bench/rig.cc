#include "tests/bench/rig.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "models/io/model_repository.h"
#include "models/samplers/noise.h"
#include "server/service/tensor_codec.h"
#include "tests/support/test_models.h"

namespace scoreserve::bench {
namespace {

[[noreturn]] void Die(const absl::Status& status) {
  std::fprintf(stderr, "bench: %s\n", status.ToString().c_str());
  std::exit(1);
}

class Echo final : public EchoServer, public v1::Scoring::CallbackService {
 public:
  Echo() {
    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(),
                             &port_);
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
  }

  int port() const override { return port_; }
  void SetRows(int64_t rows) override { values_.assign(rows * kDim, 1.0f); }

  grpc::ServerUnaryReactor* Score(grpc::CallbackServerContext* context,
                                  const v1::ScoreRequest*,
                                  v1::ScoreResponse* response) override {
    EncodeRows(values_, kDim, response->mutable_score());
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

 private:
  std::vector<float> values_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace

std::unique_ptr<EchoServer> StartEcho() { return std::make_unique<Echo>(); }

std::unique_ptr<Rig> StartRig() {
  auto rig = std::make_unique<Rig>();
  const std::string path = rig->repository.path();
  const auto version = ModelRepository(path).Write("bench", MlpFiles(kDim));
  if (!version.ok()) Die(version.status());
  ServerOptions options;
  options.repository = path;
  options.port = 0;
  auto server = Server::Start(options);
  if (!server.ok()) Die(server.status());
  rig->server = *std::move(server);
  rig->model = *rig->server->registry().Find(
      {.name = "bench", .version = {}, .alias = {}});
  rig->echo = StartEcho();
  return rig;
}

std::shared_ptr<grpc::Channel> Connect(int port) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(64 << 20);
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel(absl::StrCat("127.0.0.1:", port),
                                   grpc::InsecureChannelCredentials(),
                                   arguments);
}

void DieUnlessOk(const grpc::Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "bench: %s\n", status.error_message().c_str());
  std::_Exit(1);
}

v1::ScoreRequest Query(int64_t rows) {
  std::vector<float> x(rows * kDim);
  FillNormals({.seed = 1, .step = 0, .row = 0}, Purpose::kUser, rows, kDim,
              x.data());
  v1::ScoreRequest request;
  request.mutable_model()->set_name("bench");
  EncodeRows(x, kDim, request.mutable_x());
  return request;
}

}  // namespace scoreserve::bench
