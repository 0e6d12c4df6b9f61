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

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "scoreserve/client_options.h"
#include "scoreserve/errors.h"
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

 protected:
  Client() = default;
};

}  // namespace client
}  // namespace scoreserve

#endif  // SCORESERVE_CLIENT_H_
