#include "tests/bench/tuning_server.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "absl/types/span.h"
#include "server/service/tensor_codec.h"

namespace scoreserve::bench {
namespace {

// Of a message of examples.
constexpr int64_t kRows = 4096;

std::unique_ptr<Server> Start(const std::string& repository,
                              const std::string& state_dir,
                              double training_share) {
  ServerOptions options;
  options.repository = repository;
  options.state_dir = state_dir;
  options.training_share = training_share;
  options.port = 0;
  auto server = Server::Start(options);
  if (!server.ok()) {
    std::fprintf(stderr, "bench: %s\n", server.status().ToString().c_str());
    std::exit(1);
  }
  return *std::move(server);
}

}  // namespace

TuningServer::TuningServer(const std::string& model, const ModelFiles& files,
                           double training_share) {
  if (!ModelRepository(repository_.path()).Write(model, files).ok())
    std::abort();
  server_ = Start(repository_.path(), state_.path(), training_share);
  stub_ = v1::FineTuning::NewStub(Connect(server_->port()));
}

std::string TuningServer::Create(const v1::FineTuneSpec& spec) {
  v1::CreateFineTuneRequest request;
  request.set_fine_tune_id("bench");
  *request.mutable_spec() = spec;
  grpc::ClientContext context;
  v1::CreateFineTuneResponse response;
  DieUnlessOk(stub_->CreateFineTune(&context, request, &response));
  return response.fine_tune().name();
}

void TuningServer::Stream(const std::string& job, const std::vector<float>& x,
                          int64_t dim) {
  grpc::ClientContext context;
  const auto stream = stub_->StreamExamples(&context);
  const absl::Span<const float> values = x;
  const int64_t rows = static_cast<int64_t>(x.size()) / dim;
  for (int64_t first = 0; first < rows; first += kRows) {
    v1::StreamExamplesRequest request;
    request.set_name(job);
    request.set_first_offset(first);
    EncodeRows(values.subspan(first * dim, std::min(kRows, rows - first) * dim),
               dim, request.mutable_x());
    if (!stream->Write(request)) break;
  }
  stream->WritesDone();
  v1::StreamExamplesResponse response;
  while (stream->Read(&response)) {
  }
  DieUnlessOk(stream->Finish());
  if (response.acknowledged() != rows) std::abort();
}

void TuningServer::Pause(const std::string& job) {
  v1::PauseFineTuneRequest request;
  request.set_name(job);
  grpc::ClientContext context;
  v1::PauseFineTuneResponse response;
  DieUnlessOk(stub_->PauseFineTune(&context, request, &response));
}

void TuningServer::Resume(const std::string& job) {
  v1::ResumeFineTuneRequest request;
  request.set_name(job);
  grpc::ClientContext context;
  v1::ResumeFineTuneResponse response;
  DieUnlessOk(stub_->ResumeFineTune(&context, request, &response));
}

v1::FineTune TuningServer::Get(const std::string& job) {
  v1::GetFineTuneRequest request;
  request.set_name(job);
  grpc::ClientContext context;
  v1::GetFineTuneResponse response;
  DieUnlessOk(stub_->GetFineTune(&context, request, &response));
  return response.fine_tune();
}

v1::FineTune TuningServer::AwaitEnd(const std::string& job) {
  v1::WatchFineTuneRequest request;
  request.set_name(job);
  grpc::ClientContext context;
  const auto reader = stub_->WatchFineTune(&context, request);
  v1::WatchFineTuneResponse response;
  while (reader->Read(&response)) {
  }
  DieUnlessOk(reader->Finish());
  return response.fine_tune();
}

}  // namespace scoreserve::bench
