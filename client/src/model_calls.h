#ifndef SCORESERVE_CLIENT_SRC_MODEL_CALLS_H_
#define SCORESERVE_CLIENT_SRC_MODEL_CALLS_H_

#include <grpcpp/channel.h>

#include <memory>
#include <string>
#include <vector>

#include "client/src/channels.h"
#include "client/src/fine_tuning_calls.h"
#include "scoreserve/client.h"
#include "scoreserve/v1/model_admin.grpc.pb.h"
#include "scoreserve/v1/models.grpc.pb.h"

namespace scoreserve {
inline namespace client {

// The part of a Client that is about models and their versions, and whether
// there is a server, after that about jobs. Thread-safe.
class ModelCalls : public FineTuningCalls {
 public:
  ModelCalls(const ClientOptions& options,
             const std::shared_ptr<grpc::Channel>& calls,
             const StreamChannels& streams);

  absl::StatusOr<bool> Serving(const CallOptions& call) override;
  void ServingAsync(Callback<bool> done, const CallOptions& call) override;
  absl::StatusOr<std::vector<ModelInfo>> ListModels(
      const CallOptions& call) override;
  void ListModelsAsync(Callback<std::vector<ModelInfo>> done,
                       const CallOptions& call) override;
  absl::StatusOr<ModelInfo> GetModel(const ModelRef& model,
                                     const CallOptions& call) override;
  void GetModelAsync(const ModelRef& model, Callback<ModelInfo> done,
                     const CallOptions& call) override;
  absl::StatusOr<ModelInfo> UpdateModel(const ModelUpdate& update,
                                        const CallOptions& call) override;
  void UpdateModelAsync(const ModelUpdate& update, Callback<ModelInfo> done,
                        const CallOptions& call) override;
  absl::StatusOr<DownloadedVersion> DownloadVersion(
      const ModelRef& model, const std::string& folder,
      const CallOptions& call) override;

 private:
  const ClientOptions options_;
  const std::shared_ptr<grpc::Channel> calls_;
  StreamChannels streams_;
  v1::Models::Stub models_;
  v1::ModelAdmin::Stub admin_;
};

}  // namespace client
}  // namespace scoreserve

#endif  // SCORESERVE_CLIENT_SRC_MODEL_CALLS_H_
