#ifndef SCORESERVE_CLIENT_SRC_FINE_TUNING_CALLS_H_
#define SCORESERVE_CLIENT_SRC_FINE_TUNING_CALLS_H_

#include <grpcpp/channel.h>

#include <memory>
#include <string>
#include <vector>

#include "client/src/channels.h"
#include "scoreserve/client.h"
#include "scoreserve/v1/training.grpc.pb.h"

namespace scoreserve {
inline namespace client {

// The part of a Client that is about fine-tuning jobs. Thread-safe.
class FineTuningCalls : public Client {
 public:
  FineTuningCalls(const ClientOptions& options,
                  const std::shared_ptr<grpc::Channel>& calls,
                  const StreamChannels& streams);

  absl::StatusOr<FineTune> CreateFineTune(const std::string& id,
                                          const FineTuneSpec& spec,
                                          const CallOptions& call) override;
  void CreateFineTuneAsync(const std::string& id, const FineTuneSpec& spec,
                           Callback<FineTune> done,
                           const CallOptions& call) override;
  absl::StatusOr<FineTune> GetFineTune(const std::string& name,
                                       const CallOptions& call) override;
  void GetFineTuneAsync(const std::string& name, Callback<FineTune> done,
                        const CallOptions& call) override;
  absl::StatusOr<FineTune> PauseFineTune(const std::string& name,
                                         const CallOptions& call) override;
  void PauseFineTuneAsync(const std::string& name, Callback<FineTune> done,
                          const CallOptions& call) override;
  absl::StatusOr<FineTune> ResumeFineTune(const std::string& name,
                                          const CallOptions& call) override;
  void ResumeFineTuneAsync(const std::string& name, Callback<FineTune> done,
                           const CallOptions& call) override;
  absl::StatusOr<FineTune> CancelFineTune(const std::string& name,
                                          const CallOptions& call) override;
  void CancelFineTuneAsync(const std::string& name, Callback<FineTune> done,
                           const CallOptions& call) override;
  absl::StatusOr<std::vector<FineTune>> ListFineTunes(
      const std::string& model, const CallOptions& call) override;
  void ListFineTunesAsync(const std::string& model,
                          Callback<std::vector<FineTune>> done,
                          const CallOptions& call) override;
  absl::Status DeleteFineTune(const std::string& name,
                              const CallOptions& call) override;
  void DeleteFineTuneAsync(const std::string& name,
                           std::function<void(absl::Status)> done,
                           const CallOptions& call) override;
  absl::StatusOr<ObjectiveList> ListObjectives(
      const CallOptions& call) override;
  void ListObjectivesAsync(Callback<ObjectiveList> done,
                           const CallOptions& call) override;
  absl::StatusOr<int64_t> StreamExamples(const std::string& name,
                                         const ExampleSource& source,
                                         const ExampleObserver& observer,
                                         const CallOptions& call) override;
  absl::StatusOr<FineTune> WatchFineTune(const std::string& name,
                                         const FineTuneObserver& observer,
                                         const CallOptions& call) override;

 private:
  const ClientOptions options_;
  StreamChannels streams_;
  v1::FineTuning::Stub stub_;
};

}  // namespace client
}  // namespace scoreserve

#endif  // SCORESERVE_CLIENT_SRC_FINE_TUNING_CALLS_H_
