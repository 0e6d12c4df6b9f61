// The FineTuning service alone, on a free port, over jobs in memory.

#ifndef SCORESERVE_TESTS_SERVER_SERVICE_FINE_TUNING_SERVER_H_
#define SCORESERVE_TESTS_SERVER_SERVICE_FINE_TUNING_SERVER_H_

#include <grpcpp/grpcpp.h>

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "models/io/model_repository.h"
#include "scoreserve/v1/training.grpc.pb.h"
#include "server/engine/model_registry.h"
#include "server/service/fine_tuning_service.h"
#include "tests/support/fake_fine_tunes.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_models.h"

namespace scoreserve {

// Serves the jobs of "plain", N(0, 2 I) of two numbers in three versions, of
// which 2 is "stable". `classes`: that the jobs' rows may have.
class FineTuningServer {
 public:
  explicit FineTuningServer(bool has_jobs = true, int64_t classes = 0)
      : registry_(ModelRepository(folder_.path()), {}), jobs_([classes] {
          ModelConfig config = GaussianFiles(2, 2.0f).config;
          config.classes = classes;
          return config;
        }()) {
    const ModelRepository repository(folder_.path());
    for (int i = 0; i < 3; ++i) {
      repository.Write("plain", GaussianFiles(2, 2.0f)).value();
    }
    SetStable(2);
    backend_ = {.registry = &registry_,
                .requests = &requests_,
                .proxies = &proxies_,
                .fine_tunes = has_jobs ? &jobs_ : nullptr};
    service_ = NewFineTuningService(backend_);
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(),
                             &port);
    builder.RegisterService(service_.get());
    server_ = builder.BuildAndStart();
    stub_ = v1::FineTuning::NewStub(grpc::CreateChannel(
        absl::StrCat("127.0.0.1:", port), grpc::InsecureChannelCredentials()));
  }

  void SetStable(int64_t version) {
    std::ofstream(folder_ / "plain/desired.json")
        << "{\"aliases\": {\"stable\": " << version << "}}";
    if (!registry_.Poll().ok()) std::abort();
  }

  FakeFineTunes& jobs() { return jobs_; }
  v1::FineTuning::Stub& stub() { return *stub_; }
  int64_t Counted(const std::string& model, const std::string& method,
                  absl::StatusCode code) const {
    const auto counts = requests_.Snapshot();
    const auto found = counts.find({model, method, code});
    return found == counts.end() ? 0 : found->second;
  }

  grpc::Status Create(const v1::CreateFineTuneRequest& request,
                      v1::FineTune* job = nullptr) {
    grpc::ClientContext context;
    v1::CreateFineTuneResponse response;
    const grpc::Status status =
        stub_->CreateFineTune(&context, request, &response);
    if (job != nullptr) *job = response.fine_tune();
    return status;
  }

  // A job of "plain", by its name.
  std::string NewJob(const std::string& id = "job", int64_t max_rows = 0) {
    v1::CreateFineTuneRequest request;
    request.set_fine_tune_id(id);
    request.mutable_spec()->mutable_base()->set_name("plain");
    request.mutable_spec()->mutable_quota()->set_max_rows(max_rows);
    v1::FineTune job;
    if (!Create(request, &job).ok()) std::abort();
    return job.name();
  }

 private:
  TempFolder folder_;
  ModelRegistry registry_;
  RequestMetrics requests_;
  TrustedProxies proxies_;
  FakeFineTunes jobs_;
  Backend backend_;
  std::unique_ptr<grpc::Service> service_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<v1::FineTuning::Stub> stub_;
};

// Rows of two numbers.
inline v1::StreamExamplesRequest RowsMessage(const std::string& name,
                                             int64_t first_offset,
                                             const std::vector<float>& values) {
  v1::StreamExamplesRequest message;
  message.set_name(name);
  message.set_first_offset(first_offset);
  v1::Tensor* x = message.mutable_x();
  x->add_shape(static_cast<int64_t>(values.size()) / 2);
  x->add_shape(2);
  x->set_dtype(v1::DTYPE_FLOAT32);
  x->set_data(values.data(), values.size() * sizeof(float));
  return message;
}

struct ErrorParts {
  std::string reason, field;
};

inline ErrorParts PartsOf(const grpc::Status& status) {
  ErrorParts parts;
  google::rpc::Status wire;
  wire.ParseFromString(status.error_details());
  for (const auto& any : wire.details()) {
    google::rpc::ErrorInfo info;
    google::rpc::BadRequest bad;
    if (any.UnpackTo(&info)) {
      parts.reason = info.reason();
    } else if (any.UnpackTo(&bad)) {
      parts.field = bad.field_violations(0).field();
    }
  }
  return parts;
}

}  // namespace scoreserve

#endif  // SCORESERVE_TESTS_SERVER_SERVICE_FINE_TUNING_SERVER_H_
