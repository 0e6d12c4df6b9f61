#include "server/service/sampling_service.h"

#include <memory>

#include "absl/status/status.h"
#include "scoreserve/v1/sampling.grpc.pb.h"
#include "server/service/sample_call.h"
#include "server/service/samplers_codec.h"
#include "server/service/unary_call.h"

namespace scoreserve {
namespace {

class SamplingService final : public v1::Sampling::CallbackService {
 public:
  explicit SamplingService(const Backend& backend) : backend_(backend) {}

  grpc::ServerWriteReactor<v1::SampleResponse>* Sample(
      grpc::CallbackServerContext* context,
      const v1::SampleRequest* request) override {
    return NewSampleCall(backend_, context, *request);
  }

  grpc::ServerUnaryReactor* ListSamplers(
      grpc::CallbackServerContext* context, const v1::ListSamplersRequest*,
      v1::ListSamplersResponse* response) override {
    EncodeSamplers(*backend_.registry, response);
    return UnaryCall(backend_, context, "ListSamplers")
        .End("unknown", absl::OkStatus());
  }

 private:
  const Backend backend_;
};

}  // namespace

std::unique_ptr<grpc::Service> NewSamplingService(const Backend& backend) {
  return std::make_unique<SamplingService>(backend);
}

}  // namespace scoreserve
