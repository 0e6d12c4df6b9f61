// The client of a scoreserve server. Rows go in and scores come out as spans of
// float; errors are absl::Status with the server's own message, whose details
// DetailsOf() gives (scoreserve/errors.h).

#ifndef SCORESERVE_CLIENT_H_
#define SCORESERVE_CLIENT_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "scoreserve/client_options.h"
#include "scoreserve/errors.h"
#include "scoreserve/fine_tuning.h"
#include "scoreserve/model_admin.h"
#include "scoreserve/models.h"
#include "scoreserve/sampling.h"
#include "scoreserve/score_stream.h"
#include "scoreserve/scoring.h"

namespace scoreserve {
inline namespace client {

// Told how a call ended, exactly once: by a thread of gRPC's, or by the
// caller's own before the call returns where nothing was sent. Must not block.
template <typename Result>
using Callback = std::function<void(absl::StatusOr<Result>)>;

// A connection to one server, or to several alike. Every call has a blocking
// form and, unless it says else, one with a callback, which returns at once and
// copies what it needs of its arguments first. Beside what a server refuses, a
// call fails with INVALID_ARGUMENT where its arguments contradict each other or
// are too large (nothing is sent), UNAVAILABLE where no server can be reached,
// DEADLINE_EXCEEDED and CANCELLED. A Client may be destroyed while calls with
// callbacks run: they go on. Thread-safe.
class Client {
 public:
  // Connects with the first call, not here. INVALID_ARGUMENT as
  // CheckClientOptions().
  static absl::StatusOr<std::unique_ptr<Client>> New(
      const ClientOptions& options);

  virtual ~Client() = default;

  // Whether the server takes requests now (grpc.health.v1): false while it
  // loads its models and while it drains.
  virtual absl::StatusOr<bool> Serving(const CallOptions& call = {}) = 0;
  virtual void ServingAsync(Callback<bool> done,
                            const CallOptions& call = {}) = 0;

  // Every model's default version, by name.
  virtual absl::StatusOr<std::vector<ModelInfo>> ListModels(
      const CallOptions& call = {}) = 0;
  virtual void ListModelsAsync(Callback<std::vector<ModelInfo>> done,
                               const CallOptions& call = {}) = 0;

  virtual absl::StatusOr<ModelInfo> GetModel(const ModelRef& model,
                                             const CallOptions& call = {}) = 0;
  virtual void GetModelAsync(const ModelRef& model, Callback<ModelInfo> done,
                             const CallOptions& call = {}) = 0;

  // Changes a model's desired state: aliases, canary share, how many versions
  // are kept; all of it or nothing. When it returns, the server serves
  // accordingly. Gives the model as it then is. NOT_FOUND, VERSION_NOT_FOUND,
  // where an alias is to point at a version that the server has not.
  virtual absl::StatusOr<ModelInfo> UpdateModel(
      const ModelUpdate& update, const CallOptions& call = {}) = 0;
  virtual void UpdateModelAsync(const ModelUpdate& update,
                                Callback<ModelInfo> done,
                                const CallOptions& call = {}) = 0;

  // Fetches the files of one version, checks their sizes and SHA-256, and puts
  // them in `folder`/NAME/VERSION, which appears whole or not at all: so a
  // server that polls `folder` as its repository may serve it. Makes folders
  // that are missing. ALREADY_EXISTS where that version is there; DATA_LOSS
  // where what arrived is not what was announced; the system's code, without
  // details, where `folder` cannot be written. Has no form with a callback: it
  // waits for the disk.
  virtual absl::StatusOr<DownloadedVersion> DownloadVersion(
      const ModelRef& model, const std::string& folder,
      const CallOptions& call = {}) = 0;

  // Writes ∇ₓ log p at query.x to `score`, which is as long as query.x and is
  // left untouched by a failure. Returns the version that answered.
  virtual absl::StatusOr<int64_t> Score(const ScoreQuery& query,
                                        absl::Span<float> score,
                                        const CallOptions& call = {}) = 0;
  // Writes the energies too, one for each of query.rows, whatever query.energy
  // says; Score() refuses a query that sets it. INTERNAL where the server is
  // one that knows of no energies.
  virtual absl::StatusOr<int64_t> ScoreWithEnergy(
      const ScoreQuery& query, absl::Span<float> score,
      absl::Span<double> energy, const CallOptions& call = {}) = 0;
  virtual void ScoreAsync(const ScoreQuery& query, Callback<ScoreView> done,
                          const CallOptions& call = {}) = 0;

  // Never null, and may outlive this client. `on_reply` must be set. That no
  // server can be reached is told by the stream.
  virtual std::unique_ptr<ScoreStream> OpenScoreStream(
      ScoreStream::ReplyCallback on_reply, const CallOptions& call = {}) = 0;

  virtual absl::StatusOr<std::vector<SamplerInfo>> ListSamplers(
      const CallOptions& call = {}) = 0;
  virtual void ListSamplersAsync(Callback<std::vector<SamplerInfo>> done,
                                 const CallOptions& call = {}) = 0;

  // Draws samples and gives them whole. OUT_OF_RANGE, with details.step, where
  // a row stopped being finite.
  virtual absl::StatusOr<Samples> Sample(const SampleQuery& query,
                                         const SampleObserver& observer = {},
                                         const CallOptions& call = {}) = 0;
  virtual void SampleAsync(const SampleQuery& query, SampleObserver observer,
                           Callback<Samples> done,
                           const CallOptions& call = {}) = 0;

  // Fine-tuning jobs. `name` is theirs, FineTuneName(); NOT_FOUND where there
  // is none. A server that keeps no jobs answers FAILED_PRECONDITION with
  // reason NO_STATE_FOLDER.

  // Starts a job under an id of the caller's, [a-z0-9][a-z0-9._-]{0,62}, so
  // that a repeat is harmless: the same id and spec is the same job.
  // ALREADY_EXISTS for another spec.
  virtual absl::StatusOr<FineTune> CreateFineTune(
      const std::string& id, const FineTuneSpec& spec,
      const CallOptions& call = {}) = 0;
  virtual void CreateFineTuneAsync(const std::string& id,
                                   const FineTuneSpec& spec,
                                   Callback<FineTune> done,
                                   const CallOptions& call = {}) = 0;

  virtual absl::StatusOr<FineTune> GetFineTune(
      const std::string& name, const CallOptions& call = {}) = 0;
  virtual void GetFineTuneAsync(const std::string& name,
                                Callback<FineTune> done,
                                const CallOptions& call = {}) = 0;

  // Of one model, or of all (""), by name.
  virtual absl::StatusOr<std::vector<FineTune>> ListFineTunes(
      const std::string& model = "", const CallOptions& call = {}) = 0;
  virtual void ListFineTunesAsync(const std::string& model,
                                  Callback<std::vector<FineTune>> done,
                                  const CallOptions& call = {}) = 0;

  // Training stops, and goes on; rows are taken all the while.
  // FAILED_PRECONDITION after the job's end.
  virtual absl::StatusOr<FineTune> PauseFineTune(
      const std::string& name, const CallOptions& call = {}) = 0;
  virtual void PauseFineTuneAsync(const std::string& name,
                                  Callback<FineTune> done,
                                  const CallOptions& call = {}) = 0;
  virtual absl::StatusOr<FineTune> ResumeFineTune(
      const std::string& name, const CallOptions& call = {}) = 0;
  virtual void ResumeFineTuneAsync(const std::string& name,
                                   Callback<FineTune> done,
                                   const CallOptions& call = {}) = 0;

  // Ends the job; does nothing to one that has ended.
  virtual absl::StatusOr<FineTune> CancelFineTune(
      const std::string& name, const CallOptions& call = {}) = 0;
  virtual void CancelFineTuneAsync(const std::string& name,
                                   Callback<FineTune> done,
                                   const CallOptions& call = {}) = 0;

  // Ends it, and erases its rows; versions that it published stay.
  virtual absl::Status DeleteFineTune(const std::string& name,
                                      const CallOptions& call = {}) = 0;
  virtual void DeleteFineTuneAsync(const std::string& name,
                                   std::function<void(absl::Status)> done,
                                   const CallOptions& call = {}) = 0;

  virtual absl::StatusOr<ObjectiveList> ListObjectives(
      const CallOptions& call = {}) = 0;
  virtual void ListObjectivesAsync(Callback<ObjectiveList> done,
                                   const CallOptions& call = {}) = 0;

  // Adds rows to the job's stream and waits until the server has them on its
  // disk, all that `source` gives; returns how many the job has then. Where the
  // connection breaks it goes on by itself with the first row that is not
  // durable, up to ClientOptions::max_attempts times in a row without getting
  // further: no row is lost, none is there twice. At most 8 MiB and one message
  // are kept for that. RESOURCE_EXHAUSTED with reason QUOTA_REACHED where the
  // job's quota is. The same source again, from its start, is harmless: what
  // the job has is passed over. Several streams may write to a job in turn, not
  // at once.
  virtual absl::StatusOr<int64_t> StreamExamples(
      const std::string& name, const ExampleSource& source,
      const ExampleObserver& observer = {}, const CallOptions& call = {}) = 0;

  // Tells `observer` how the job is until it has ended, and returns how. Goes
  // on by itself where the connection breaks, as StreamExamples().
  virtual absl::StatusOr<FineTune> WatchFineTune(
      const std::string& name, const FineTuneObserver& observer = {},
      const CallOptions& call = {}) = 0;

 protected:
  Client() = default;
};

}  // namespace client
}  // namespace scoreserve

#endif  // SCORESERVE_CLIENT_H_
