// A real server on a free port, over a temporary repository.

#ifndef SCORESERVE_TESTS_SUPPORT_TEST_SERVER_H_
#define SCORESERVE_TESTS_SUPPORT_TEST_SERVER_H_

#include <grpcpp/grpcpp.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "models/io/model_repository.h"
#include "scoreserve/v1/models.grpc.pb.h"
#include "scoreserve/v1/sampling.grpc.pb.h"
#include "scoreserve/v1/scoring.grpc.pb.h"
#include "server/server.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_models.h"

namespace scoreserve {

// Serves the given models, each as version 1.
class TestServer {
 public:
  explicit TestServer(const std::map<std::string, ModelFiles>& models,
                      ServerOptions options = {}) {
    for (const auto& [name, files] : models) {
      if (!repository().Write(name, files).ok()) std::abort();
    }
    options.repository = folder_.path();
    options.port = 0;
    auto server = Server::Start(options);
    if (!server.ok()) std::abort();
    server_ = *std::move(server);
    channel_ = grpc::CreateChannel(absl::StrCat("127.0.0.1:", server_->port()),
                                   grpc::InsecureChannelCredentials());
  }

  Server& server() { return *server_; }
  ModelRepository repository() const { return ModelRepository(folder_.path()); }
  std::string path() const { return folder_.path(); }
  std::shared_ptr<grpc::Channel> channel() const { return channel_; }

  std::unique_ptr<v1::Scoring::Stub> scoring() {
    return v1::Scoring::NewStub(channel_);
  }
  std::unique_ptr<v1::Sampling::Stub> sampling() {
    return v1::Sampling::NewStub(channel_);
  }
  std::unique_ptr<v1::Models::Stub> models() {
    return v1::Models::NewStub(channel_);
  }

 private:
  TempFolder folder_;
  std::unique_ptr<Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
};

// Of one row after the other.
inline v1::Tensor RowsTensor(const std::vector<float>& values, int64_t dim) {
  v1::Tensor tensor;
  tensor.add_shape(static_cast<int64_t>(values.size()) / dim);
  tensor.add_shape(dim);
  tensor.set_dtype(v1::DTYPE_FLOAT32);
  tensor.set_data(values.data(), values.size() * sizeof(float));
  return tensor;
}

inline v1::ScoreRequest ScoreOf(const std::string& model,
                                const std::vector<float>& values, int64_t dim) {
  v1::ScoreRequest request;
  request.mutable_model()->set_name(model);
  *request.mutable_x() = RowsTensor(values, dim);
  return request;
}

inline v1::SampleRequest LangevinOf(const std::string& model, int64_t rows,
                                    int64_t steps, double step_size = 0.1) {
  v1::SampleRequest request;
  request.mutable_model()->set_name(model);
  request.set_sampler("langevin");
  request.set_rows(rows);
  request.set_seed(1);
  (*request.mutable_options())["step_size"].set_number(step_size);
  (*request.mutable_options())["num_steps"].set_integer(steps);
  return request;
}

inline std::vector<float> Values(const v1::Tensor& tensor) {
  std::vector<float> values(tensor.data().size() / sizeof(float));
  memcpy(values.data(), tensor.data().data(), tensor.data().size());
  return values;
}

// What a status' details say.
struct Details {
  std::string reason;
  std::string field;
  std::string step;
  bool retry = false;
};

inline Details DetailsOf(const google::rpc::Status& status) {
  Details details;
  for (const auto& any : status.details()) {
    google::rpc::ErrorInfo info;
    google::rpc::BadRequest bad;
    if (any.UnpackTo(&info)) {
      details.reason = info.reason();
      const auto step = info.metadata().find("step");
      if (step != info.metadata().end()) details.step = step->second;
    } else if (any.UnpackTo(&bad)) {
      details.field = bad.field_violations(0).field();
    } else if (any.Is<google::rpc::RetryInfo>()) {
      details.retry = true;
    }
  }
  return details;
}

inline Details DetailsOf(const grpc::Status& status) {
  google::rpc::Status wire;
  wire.ParseFromString(status.error_details());
  return DetailsOf(wire);
}

}  // namespace scoreserve

#endif  // SCORESERVE_TESTS_SUPPORT_TEST_SERVER_H_
